//! Origins: whose messages a figure hears.

/// Whose messages a figure hears.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Parent {
    /// Its parent's, whoever that is.
    Any,
    /// Its parent's, if that is of this origin (as `event.origin` has it).
    Origin(String),
    /// Nobody's: an origin was asked for that is none. Who wanted to be strict must not become open by a slip.
    Nobody,
}

/// An origin as browsers write it: scheme and host in lower case, without the port that is the scheme's own.
pub(super) fn origin(text: &str) -> Option<String> {
    let text = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
    let (scheme, host) = text.split_once("://")?;
    let own_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let host = host.strip_suffix(own_port).unwrap_or(host);
    let (name, port) = match host.strip_prefix('[') {
        // An IPv6 address.
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            let fits = address
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || byte == b':');
            (fits.then_some(address)?, port)
        }
        None => {
            let end = host.find(':').unwrap_or(host.len());
            let (name, port) = host.split_at(end);
            let fits = name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
            (fits.then_some(name)?, port)
        }
    };
    let port_fits = match port.strip_prefix(':') {
        None => port.is_empty(),
        Some(digits) => digits.parse::<u16>().is_ok() && !digits.starts_with(['0', '+']),
    };
    (!name.is_empty() && port_fits).then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_as_browsers_write_them() {
        for (text, expected) in [
            ("https://Blog.Example", Some("https://blog.example")),
            ("https://blog.example:443/", Some("https://blog.example")),
            ("http://localhost:8080", Some("http://localhost:8080")),
            ("http://[::1]:80", Some("http://[::1]")),
            ("https://blog.example/post", None),
            ("https://a@b", None),
            ("https://", None),
            ("https://a:0x", None),
            ("https://a:99999", None),
            ("https://[::1", None),
            ("file:///etc", None),
            ("null", None),
            ("*", None),
        ] {
            assert_eq!(origin(text).as_deref(), expected, "{text}");
        }
    }
}
