//! `twicetold completions` and `twicetold man`: what shells and readers of manuals are told.

use crate::{say, show};
use clap::{Args, Command};
use clap_complete::Shell;
use std::fs;
use std::path::PathBuf;
use twicetold_corpus::failure::Failure;

pub const COMPLETIONS: &str = "\
Examples:
  twicetold completions bash > ~/.local/share/bash-completion/completions/twicetold
  twicetold completions zsh > ~/.zfunc/_twicetold          where ~/.zfunc is in $fpath
  twicetold completions fish > ~/.config/fish/completions/twicetold.fish";

#[derive(Args, Debug)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

pub const MAN: &str = "\
Example:
  twicetold man --out ~/.local/share/man/man1 && man twicetold-dedup";

#[derive(Args, Debug)]
pub struct Man {
    /// Folder for the pages, one for each command; made if missing
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

pub fn completions(args: &Completions, mut of: Command) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut of, "twicetold", &mut script);
    show::out(&String::from_utf8_lossy(&script))?;
    Ok(0)
}

pub fn man(args: &Man, of: Command) -> Result<u8, Failure> {
    fs::create_dir_all(&args.out).map_err(Failure::at(&args.out))?;
    clap_mangen::generate_to(of, &args.out).map_err(Failure::at(&args.out))?;
    say(&format!("man pages written to {}\n", args.out.display()));
    Ok(0)
}
