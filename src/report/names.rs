//! Ids as names of files.

use std::collections::HashSet;

/// Makes ids safe as relative paths, each given out once (whatever the case of
/// its letters), and no file where another page needs a folder.
///
/// About twice the bytes of the names it gave out.
///
/// ```
/// use twicetold::report::Names;
///
/// let mut names = Names::default();
/// assert_eq!(names.safe("courier/ferry.txt"), "courier/ferry.txt");
/// assert_eq!(names.safe("courier/ferry.txt"), "courier/ferry~2.txt");
/// assert_eq!(names.safe("../../etc/passwd"), "_../_../etc/passwd");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Names {
    files: HashSet<String>,
    folders: HashSet<String>,
}

impl Names {
    /// A path for the page `id`.
    pub fn safe(&mut self, id: &str) -> String {
        let parts: Vec<String> = id.split('/').map(safe_part).collect();
        let mut path = parts.join("/");
        if path.len() > LONGEST_PATH || folders(&path).any(|folder| self.files.contains(&folder)) {
            path = safe_part(&parts.join("_"));
        }
        let (stem, extension) = split_extension(&path);
        let mut number = 1;
        loop {
            let name = match number {
                1 => path.clone(),
                _ => format!("{stem}~{number}{extension}"),
            };
            let key = name.to_lowercase();
            if !self.folders.contains(&key) && self.files.insert(key) {
                self.folders.extend(folders(&name));
                return name;
            }
            number += 1;
        }
    }
}

/// The folders a path goes through, in lower case.
fn folders(path: &str) -> impl Iterator<Item = String> {
    let path = path.to_lowercase();
    let ends: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
    ends.into_iter().map(move |end| path[..end].to_owned())
}

/// Bytes of the longest path below `pages`; and of its longest part.
const LONGEST_PATH: usize = 1_000;
const LONGEST_PART: usize = 200;

/// The name and its extension with the dot, where it has a short one.
fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 8 && !name[dot..].contains('/') => {
            name.split_at(dot)
        }
        _ => (name, ""),
    }
}

/// One path component: no separators, controls or reserved characters, not a dot
/// name, at most 200 bytes; its extension stays.
fn safe_part(part: &str) -> String {
    let mut safe: String = part
        .chars()
        .map(|c| match c {
            '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            c if c.is_control() => '_',
            c => c,
        })
        .collect();
    if safe.chars().all(|c| c == '.' || c == ' ') {
        safe = format!("_{safe}");
    }
    if safe.len() > LONGEST_PART {
        let (stem, extension) = split_extension(&safe);
        let mut end = LONGEST_PART - extension.len();
        while !stem.is_char_boundary(end) {
            end -= 1;
        }
        safe = format!("{}{extension}", &stem[..end]);
    }
    safe
}
