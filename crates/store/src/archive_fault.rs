//! What is wrong with an archive.

/// What is wrong with an archive or with a member of it, whatever its form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveFault {
    /// No form begins as it does.
    #[error("it is no archive of a form that is opened")]
    UnknownForm,
    /// Its directory or a header cannot be read.
    #[error("the archive cannot be read ({cause}); it is cut or damaged: export it again")]
    Unreadable {
        /// What the library says.
        cause: String,
    },
    /// It is packed as a whole and does not unpack.
    #[error("the archive cannot be unpacked ({cause}); it is cut or damaged: export it again")]
    NotUnpacked {
        /// What the library says.
        cause: String,
    },
    /// It ends before a member does.
    #[error("the archive ends within {member}; it is cut: export it again")]
    CutWithin {
        /// The member's name.
        member: String,
    },
    /// It unpacks to more than its size allows for.
    #[error("the archive unpacks to far more than it should; unpack it and give the folder")]
    Bomb,
    /// It unpacks to more than memory is kept for.
    #[error("the archive unpacks to more than is held; unpack it and give the folder")]
    TooLargeToHold,
    /// It has more members than are looked at.
    #[error("{}", too_many(*.count, *.limit))]
    TooManyMembers {
        /// How many, where that is known.
        count: Option<usize>,
        /// The limit.
        limit: usize,
    },
    /// Its members together are larger than what is read.
    #[error("{bytes} bytes unpacked, more than the limit of {limit}")]
    TooManyBytes {
        /// Their bytes.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// It lies in archives that lie in others.
    #[error("archives within archives are opened {limit} deep; unpack this one")]
    TooDeep {
        /// How deep archives are opened.
        limit: usize,
    },
    /// As many were opened before it as a run opens.
    #[error("a run opens {limit} archives at most, and that many were opened before this one")]
    TooManyArchives {
        /// How many.
        limit: usize,
    },
    /// Those opened before it left less memory than it takes.
    #[error("the archives of a run may take {limit} bytes together, and this one of {bytes} is beyond that")]
    BeyondMemory {
        /// Its bytes.
        bytes: u64,
        /// What all may take.
        limit: u64,
    },
    /// A run has read as many files as it reads.
    #[error("a run reads {limit} files at most: the rest is not read")]
    TooManyFiles {
        /// How many.
        limit: usize,
    },
    /// A run has listed as many servers as it reads.
    #[error("a run reads {limit} servers at most: the rest is not read")]
    TooManyServers {
        /// How many.
        limit: usize,
    },
    /// There is no such member.
    #[error("there is no such member")]
    NoMember,
    /// The member's header cannot be read.
    #[error("member {index} cannot be read ({cause})")]
    MemberUnreadable {
        /// Its number, from 0.
        index: usize,
        /// What the library says.
        cause: String,
    },
    /// The member does not unpack.
    #[error("the member cannot be unpacked ({cause})")]
    MemberNotUnpacked {
        /// What the library says.
        cause: String,
    },
    /// The member's bytes are not what they were.
    #[error("the member is damaged ({cause})")]
    MemberDamaged {
        /// What the library says.
        cause: String,
    },
    /// The member's name leads out of the archive, or cannot be a file's.
    #[error("the member's name leads out of the archive, or is no file's name on every system")]
    MemberName,
    /// The member's name is no text.
    #[error("the member's name cannot be read; pack the archive again")]
    MemberNameUnreadable,
    /// Two members have the name.
    #[error("the archive holds this name twice, and programs differ in which one counts; none is read")]
    MemberTwice,
    /// The member is no ordinary file.
    #[error("the member is a link, a device or the like; unpack the archive and give the folder")]
    MemberSpecial,
    /// The member needs a password.
    #[error("the member is encrypted; unpack the archive and give the folder")]
    MemberEncrypted,
    /// The member is larger than what is read.
    #[error("the member {} from an archive; unpack it and give the folder", if *.packed { "unpacks to more than is read" } else { "is larger than what is read" })]
    MemberTooLarge {
        /// Whether it is packed.
        packed: bool,
    },
    /// The member unpacks to more than its size allows for.
    #[error("the member unpacks to far more than it should")]
    MemberBomb,
}

fn too_many(count: Option<usize>, limit: usize) -> String {
    match count {
        Some(count) => format!("{count} members, more than the limit of {limit}"),
        None => format!("more members than the limit of {limit}"),
    }
}
