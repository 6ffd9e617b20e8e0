-- The tables that the cases speak of: t has one row, m several.
CREATE TABLE t (
    i int, z int, b bigint, d numeric(6,2), u numeric, s text, v varchar(3), f boolean, o timestamp, nothing int, quantity int
);
INSERT INTO t VALUES (
    7, 0, 5000000000, 12.5, 2.50, 'Ahoy', 'abc', TRUE, '2024-02-29 12:30:00.5', NULL, 10
);
CREATE TABLE m (i int, b bigint, d numeric, s text, f boolean, o timestamp);
INSERT INTO m VALUES
    (1, 9223372036854775807, 1.5, 'pear', TRUE, '2024-01-01'),
    (2, 1, 2.25, 'apple', TRUE, '2023-01-01'),
    (2, 2, 2.250, 'apple', FALSE, NULL),
    (NULL, NULL, NULL, NULL, NULL, '2025-01-01 08:00');
