//! The programs and cmdlets that commands are made of.

use crate::Product;

/// What a command does to the estate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Looks only; it may write a file of what it saw.
    Reads,
    /// Changes something, and the former state can be had again.
    Changes,
    /// Removes something, or resets what other systems rely on.
    Destroys,
}

impl Class {
    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Changes => "changes",
            Self::Destroys => "destroys",
        }
    }
}

/// Where a program is at home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shell {
    /// The product's Management Shell.
    Management,
    /// PowerShell with the Active Directory module.
    ActiveDirectory,
    /// PowerShell on a Windows server, as administrator.
    Server,
    /// kerbsync itself, in any shell.
    Kerbsync,
}

macro_rules! programs {
    ($($variant:ident $text:literal $shell:ident $class:ident $since:expr;)+) => {
        /// A known program or cmdlet.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "`text` is what each stands for")]
        pub enum Program { $($variant),+ }

        impl Program {
            /// Every program that a command may begin with.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As it stands in a command line.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Where it is at home.
            #[must_use]
            pub const fn shell(self) -> Shell {
                match self { $(Self::$variant => Shell::$shell),+ }
            }

            /// The mildest that it does; parameters can make it graver.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class),+ }
            }

            /// The first version of the product that has it; for programs of Windows the oldest version of all.
            #[must_use]
            pub const fn since(self) -> Product {
                match self { $(Self::$variant => $since),+ }
            }
        }
    };
}

// The Kerberos cmdlets came with Lync Server 2010 and are named by the pages of 2010, 2013, 2015 and 2019 (documented).
programs! {
    GetCsTopology "(Get-CsTopology -AsXml).ToString()" Management Reads Product::Lync2010;
    GetCsSite "Get-CsSite" Management Reads Product::Lync2010;
    GetCsPool "Get-CsPool" Management Reads Product::Lync2010;
    GetCsComputer "Get-CsComputer" Management Reads Product::Lync2010;
    GetCsService "Get-CsService" Management Reads Product::Lync2010;
    GetCsWebServiceConfiguration "Get-CsWebServiceConfiguration" Management Reads Product::Lync2010;
    GetCsKerberosAccountAssignment "Get-CsKerberosAccountAssignment" Management Reads Product::Lync2010;
    NewCsKerberosAccountAssignment "New-CsKerberosAccountAssignment" Management Changes Product::Lync2010;
    SetCsKerberosAccountAssignment "Set-CsKerberosAccountAssignment" Management Changes Product::Lync2010;
    RemoveCsKerberosAccountAssignment "Remove-CsKerberosAccountAssignment" Management Destroys Product::Lync2010;
    NewCsKerberosAccount "New-CsKerberosAccount" Management Changes Product::Lync2010;
    SetCsKerberosAccountPassword "Set-CsKerberosAccountPassword" Management Changes Product::Lync2010;
    TestCsKerberosAccountAssignment "Test-CsKerberosAccountAssignment" Management Reads Product::Lync2010;
    EnableCsTopology "Enable-CsTopology" Management Changes Product::Lync2010;
    GetAdComputer "Get-ADComputer" ActiveDirectory Reads Product::Lync2010;
    GetAdObject "Get-ADObject" ActiveDirectory Reads Product::Lync2010;
    GetAdGroup "Get-ADGroup" ActiveDirectory Reads Product::Lync2010;
    GetAdGroupMember "Get-ADGroupMember" ActiveDirectory Reads Product::Lync2010;
    RestoreAdObject "Restore-ADObject" ActiveDirectory Changes Product::Lync2010;
    EnableAdAccount "Enable-ADAccount" ActiveDirectory Changes Product::Lync2010;
    DisableAdAccount "Disable-ADAccount" ActiveDirectory Destroys Product::Lync2010;
    ClearAdAccountExpiration "Clear-ADAccountExpiration" ActiveDirectory Changes Product::Lync2010;
    SetAdAccountControl "Set-ADAccountControl" ActiveDirectory Changes Product::Lync2010;
    SetAdComputer "Set-ADComputer" ActiveDirectory Changes Product::Lync2010;
    RemoveAdComputer "Remove-ADComputer" ActiveDirectory Destroys Product::Lync2010;
    RemoveAdGroupMember "Remove-ADGroupMember" ActiveDirectory Destroys Product::Lync2010;
    Setspn "setspn" Server Reads Product::Lync2010;
    Appcmd "& $env:windir\\System32\\inetsrv\\appcmd.exe" Server Reads Product::Lync2010;
    AspnetRegiis "& $env:windir\\Microsoft.NET\\Framework64\\v4.0.30319\\aspnet_regiis.exe" Server Reads Product::Lync2010;
    GetWindowsFeature "Get-WindowsFeature" Server Reads Product::Lync2010;
    AddWindowsFeature "Add-WindowsFeature" Server Changes Product::Lync2010;
    GetChildItem "Get-ChildItem" Server Reads Product::Lync2010;
    CopyItem "Copy-Item" Server Reads Product::Lync2010;
    GetContent "Get-Content" Server Reads Product::Lync2010;
    Kerbsync "kerbsync" Kerbsync Reads Product::Lync2010;
}
