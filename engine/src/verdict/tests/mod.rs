//! The verdict on histories made by a toy, independent of the database: rows of one integer, and no SQL carried out.

mod decision;
mod naming;
mod toy;
