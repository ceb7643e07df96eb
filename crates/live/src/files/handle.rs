//! A file of a share that is open.

use super::file_error;
use crate::share::Share;
use kerbsync_store::{FileError, FileErrorKind, OpenFile, OpenLock};
use smb2::client::connection::{Connection, Frame};
use smb2::msg::create::{CreateDisposition, CreateRequest, CreateResponse, ImpersonationLevel, ShareAccess};
use smb2::msg::flush::FlushRequest;
use smb2::msg::query_info::{InfoType, QueryInfoRequest, QueryInfoResponse};
use smb2::msg::read::{ReadRequest, ReadResponse};
use smb2::msg::set_info::SetInfoRequest;
use smb2::msg::write::WriteRequest;
use smb2::pack::{Pack, ReadCursor, Unpack};
use smb2::types::flags::FileAccessMask as Access;
use smb2::types::status::NtStatus;
use smb2::types::{Command, FileId, OplockLevel, TreeId};
use smb2::{Error, encode_path};
use std::sync::Arc;
use tokio::runtime::Handle as Runtime;

/// Bytes of one read or write: what every dialect takes without further credits.
const CHUNK: usize = 65_536;
/// The largest file that is read into memory, in bytes; a configuration has some hundred thousand.
const LARGEST: u64 = 256 << 20;

// Classes of MS-FSCC, section 2.4.
const STANDARD_INFORMATION: u8 = 5;
const DISPOSITION_INFORMATION: u8 = 13;
const END_OF_FILE_INFORMATION: u8 = 20;

const NON_DIRECTORY: u32 = 0x40;
/// The link itself, never what it leads to.
const OPEN_REPARSE_POINT: u32 = 0x0020_0000;
const WRITE_THROUGH: u32 = 0x2;
const DELETE_ON_CLOSE: u32 = 0x1000;

/// How a file is opened.
#[derive(Clone, Copy)]
pub(super) struct Open {
    access: u32,
    share: u32,
    disposition: CreateDisposition,
    options: u32,
}

const ANY: u32 = ShareAccess::FILE_SHARE_READ | ShareAccess::FILE_SHARE_WRITE | ShareAccess::FILE_SHARE_DELETE;
const LOOK: u32 = Access::READ_CONTROL | Access::FILE_READ_ATTRIBUTES | Access::SYNCHRONIZE;
const WRITE: u32 = Access::FILE_WRITE_DATA | Access::FILE_WRITE_ATTRIBUTES | Access::FILE_READ_ATTRIBUTES | Access::SYNCHRONIZE;
const GIVE: u32 = WRITE | Access::READ_CONTROL | Access::WRITE_DAC | Access::WRITE_OWNER | Access::DELETE;

impl Open {
    pub(super) const fn to_look() -> Self {
        Self { access: LOOK, share: ANY, disposition: CreateDisposition::FileOpen, options: 0 }
    }

    pub(super) const fn to_read() -> Self {
        Self { access: LOOK | Access::FILE_READ_DATA, share: ANY, disposition: CreateDisposition::FileOpen, options: 0 }
    }

    /// A new file, whose owner and access list are given right away. It is read back while it is open.
    pub(super) const fn to_create() -> Self {
        Self { access: GIVE, share: ShareAccess::FILE_SHARE_READ, disposition: CreateDisposition::FileCreate, options: 0 }
    }

    /// A file to try things on. The server removes it when it is closed, also by a connection that is lost; one that a crash of the server
    /// left is taken over.
    pub(super) const fn to_probe() -> Self {
        Self { access: GIVE, share: 0, disposition: CreateDisposition::FileOverwriteIf, options: DELETE_ON_CLOSE }
    }

    pub(super) const fn to_overwrite() -> Self {
        Self { access: WRITE, share: ShareAccess::FILE_SHARE_READ, disposition: CreateDisposition::FileOverwriteIf, options: 0 }
    }

    pub(super) const fn to_write() -> Self {
        Self { access: WRITE, share: ShareAccess::FILE_SHARE_READ, disposition: CreateDisposition::FileOpen, options: 0 }
    }

    /// For this process alone until it is closed, in whatever way; others may read what it says.
    pub(super) const fn to_lock() -> Self {
        Self {
            access: WRITE | Access::FILE_READ_DATA | Access::DELETE,
            share: ShareAccess::FILE_SHARE_READ,
            disposition: CreateDisposition::FileOpenIf,
            options: 0,
        }
    }

    /// Refused while anyone else has it open.
    pub(super) const fn alone() -> Self {
        Self {
            access: Access::FILE_READ_DATA | Access::FILE_READ_ATTRIBUTES,
            share: 0,
            disposition: CreateDisposition::FileOpen,
            options: 0,
        }
    }
}

/// An open file; closed when dropped.
pub(super) struct Handle {
    pub(super) runtime: Runtime,
    pub(super) share: Arc<Share>,
    pub(super) id: FileId,
    pub(super) path: String,
}

impl Drop for Handle {
    fn drop(&mut self) {
        let mut connection = self.share.connection.clone();
        let closed = async { self.share.tree.close_handle(&mut connection, self.id).await };
        // A connection that is gone has closed it by itself.
        drop(self.runtime.block_on(async { tokio::time::timeout(self.share.timeout, closed).await }));
    }
}

/// The answer to one command; an error of the server is one.
async fn ask(connection: &Connection, tree: TreeId, command: Command, body: &dyn Pack) -> Result<Frame, Error> {
    let frame = connection.execute(command, body, Some(tree)).await?;
    match frame.header.status {
        NtStatus::SUCCESS => Ok(frame),
        status => Err(Error::Protocol { status, command }),
    }
}

impl Handle {
    /// Opens a path (with `/`), and gives its handle and attributes.
    pub(super) async fn open(connection: &Connection, tree: TreeId, path: &str, open: Open) -> Result<(FileId, u32), Error> {
        let request = CreateRequest {
            requested_oplock_level: OplockLevel::None,
            impersonation_level: ImpersonationLevel::Impersonation,
            desired_access: Access::new(open.access),
            file_attributes: 0,
            share_access: ShareAccess(open.share),
            create_disposition: open.disposition,
            create_options: NON_DIRECTORY | OPEN_REPARSE_POINT | WRITE_THROUGH | open.options,
            name: encode_path(path),
            create_contexts: Vec::new(),
        };
        let frame = ask(connection, tree, Command::Create, &request).await?;
        let answer = CreateResponse::unpack(&mut ReadCursor::new(&frame.body))?;
        Ok((answer.file_id, answer.file_attributes))
    }

    /// Waits for the answer to a command on this file.
    fn ask(&self, doing: &'static str, command: Command, body: &dyn Pack) -> Result<Frame, FileError> {
        self.answer(doing, command, body)?.map_err(|e| file_error(&e, doing, &self.path))
    }

    /// The same, with what the server says, also where that is an error.
    fn answer(&self, doing: &'static str, command: Command, body: &dyn Pack) -> Result<Result<Frame, Error>, FileError> {
        let bound = self.share.timeout.saturating_mul(2);
        let work = ask(&self.share.connection, self.share.tree.tree_id, command, body);
        let answered = self.runtime.block_on(async { tokio::time::timeout(bound, work).await });
        answered.map_err(|_| FileError::new(FileErrorKind::Unreachable, doing, &self.path))
    }

    fn unpacked<T: Unpack>(&self, doing: &'static str, frame: &Frame) -> Result<T, FileError> {
        T::unpack(&mut ReadCursor::new(&frame.body)).map_err(|e| file_error(&e, doing, &self.path))
    }

    /// Information of a class; `further` says which parts of a security descriptor.
    pub(super) fn query(&self, kind: InfoType, class: u8, further: u32) -> Result<Vec<u8>, FileError> {
        let request = QueryInfoRequest {
            info_type: kind,
            file_info_class: class,
            output_buffer_length: CHUNK as u32,
            additional_information: further,
            flags: 0,
            file_id: self.id,
            input_buffer: Vec::new(),
        };
        let frame = self.ask("look at", Command::QueryInfo, &request)?;
        Ok(self.unpacked::<QueryInfoResponse>("look at", &frame)?.output_buffer)
    }

    /// Sets information of a class.
    pub(super) fn set(&self, doing: &'static str, kind: InfoType, class: u8, further: u32, buffer: Vec<u8>) -> Result<(), FileError> {
        let request = SetInfoRequest { info_type: kind, file_info_class: class, additional_information: further, file_id: self.id, buffer };
        self.ask(doing, Command::SetInfo, &request).map(drop)
    }

    /// Length in bytes.
    pub(super) fn size(&self) -> Result<u64, FileError> {
        // AllocationSize, EndOfFile, … (MS-FSCC, section 2.4.41).
        let answer = self.query(InfoType::File, STANDARD_INFORMATION, 0)?;
        let end = answer.get(8..16).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes);
        end.ok_or_else(|| FileError::new(FileErrorKind::Other, "look at", &self.path))
    }

    pub(super) fn read_all(&self) -> Result<Vec<u8>, FileError> {
        let size = self.size()?;
        if size > LARGEST {
            let reason = format!("it has {size} bytes, and at most {LARGEST} are read");
            return Err(FileError { reason, ..FileError::new(FileErrorKind::Other, "read", &self.path) });
        }
        let mut bytes = Vec::new();
        loop {
            let request = ReadRequest {
                padding: 0x50,
                flags: 0,
                length: CHUNK as u32,
                offset: bytes.len() as u64,
                file_id: self.id,
                minimum_count: 0,
                channel: 0,
                remaining_bytes: 0,
                read_channel_info: Vec::new(),
            };
            let frame = match self.answer("read", Command::Read, &request)? {
                Ok(frame) => frame,
                Err(Error::Protocol { status: NtStatus::END_OF_FILE, .. }) => return Ok(bytes),
                Err(error) => return Err(file_error(&error, "read", &self.path)),
            };
            let part = self.unpacked::<ReadResponse>("read", &frame)?.data;
            if part.is_empty() {
                return Ok(bytes);
            }
            bytes.extend_from_slice(&part);
            if bytes.len() as u64 > LARGEST {
                return Err(FileError::new(FileErrorKind::Other, "read", &self.path));
            }
        }
    }

    /// Writes some bytes, at most a chunk, at a place.
    fn write_at(&self, offset: u64, data: &[u8]) -> Result<(), FileError> {
        let request = WriteRequest {
            data_offset: 0x70,
            offset,
            file_id: self.id,
            channel: 0,
            remaining_bytes: 0,
            write_channel_info_offset: 0,
            write_channel_info_length: 0,
            flags: 0,
            data: data.to_vec(),
        };
        self.ask("write", Command::Write, &request).map(drop)
    }

    /// Removes the file when this handle is closed.
    pub(super) fn delete_on_close(&self) -> Result<(), FileError> {
        self.set("remove", InfoType::File, DISPOSITION_INFORMATION, 0, vec![1])
    }
}

/// A file that is written from a place on.
pub(super) struct Writer {
    handle: Handle,
    at: u64,
}

impl Writer {
    pub(super) const fn new(handle: Handle, at: u64) -> Self {
        Self { handle, at }
    }
}

impl OpenFile for Writer {
    fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        for part in bytes.chunks(CHUNK) {
            self.handle.write_at(self.at, part)?;
            self.at += part.len() as u64;
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), FileError> {
        self.handle.ask("sync", Command::Flush, &FlushRequest { file_id: self.handle.id }).map(drop)
    }
}

/// A lock file: held while it is open.
pub(super) struct Lock(pub(super) Handle);

impl OpenLock for Lock {
    fn text(&mut self) -> Result<Vec<u8>, FileError> {
        self.0.read_all()
    }

    fn set_text(&mut self, text: &[u8]) -> Result<(), FileError> {
        let end = (text.len() as u64).to_le_bytes().to_vec();
        self.0.set("write", InfoType::File, END_OF_FILE_INFORMATION, 0, end)?;
        if text.is_empty() { Ok(()) } else { self.0.write_at(0, text) }
    }

    fn remove(&mut self) -> Result<(), FileError> {
        // Until it is closed nobody can open it, and then it is gone.
        self.0.delete_on_close()
    }
}
