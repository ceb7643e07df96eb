//! Each judgement of the hardening, on settings that decide it and on such as do not.

use super::*;

fn fact(setting: &'static str, value: &str, is_default: bool) -> HardeningFact {
    HardeningFact { setting, scope: HardeningScope::Server, value: value.into(), is_default, spot: None, doubt: None }
}

fn is(judge: fn(&HardeningFact) -> Judged, value: &str) -> Judged {
    judge(&fact("a@b", value, false))
}

type Judgement = fn(&HardeningFact) -> Judged;

/// A judgement, values that are good, and values that are bad.
type Case = (Judgement, &'static [&'static str], &'static [&'static str]);

#[test]
fn what_is_good_of_values() {
    let cases: &[Case] = &[
        (is_true, &["true", " True "], &["false"]),
        (is_false, &["false"], &["TRUE"]),
        (positive, &["1"], &["0"]),
        (at_most_4096, &["4096", "0"], &["4097"]),
        (at_most_2048, &["2048"], &["2049"]),
        (at_most_30000000, &["30000000"], &["30000001"]),
        (both_targets, &["File, ETW", "etw,file"], &["File", ""]),
        (w3c, &["W3C", "w3c"], &["NCSA", "IIS", ""]),
        (log_fields, &["UserAgent,username , Referer, Date"], &["UserAgent, Referer", ""]),
        (connection_and_warning, &["RequestHeader:connection\nRequestHeader:Warning"], &["", "RequestHeader:Connection"]),
        (content_type, &["a:b\nresponseHeader:content-type"], &["", "RequestHeader:Content-Type"]),
        (no_shell_types, &["", ".html\n.exec"], &[".EXE", ".html\n.bat"]),
        (no_powered_by, &["", "X-Powered"], &["x-powered-by", "A\nX-Powered-By"]),
        (ssl, &["Ssl", "Ssl128, ssl"], &["None", "Ssl128", ""]),
        (
            specific,
            &["http:10.0.0.1:80:a.b", "https:[fd00::1]:443:a.b", "net.tcp:808:*"],
            &["http:*:80:a.b", "https:10.0.0.1:443:", "http::80:a.b"],
        ),
        (idle, &["00:20:00", "00:00:01", "1.00:00:00"], &["00:00:00", "0.00:00:00"]),
        (five_minutes, &["00:05:00"], &["00:05:01"]),
        (recycle_events, &["schedule, Time"], &["Memory", ""]),
        (one_site, &["One", ""], &["One\nTwo"]),
        (no_webdav, &["WebDAV:x"], &["a:b\nwebdavmodule:%windir%\\x.dll"]),
        (not_detailed, &["Custom", "detailedlocalonly"], &["Detailed"]),
    ];
    for (judge, goods, bads) in cases {
        for value in *goods {
            assert_eq!(is(*judge, value), Judged::Good, "{value}");
        }
        for value in *bads {
            assert!(matches!(is(*judge, value), Judged::Bad(_)), "{value}: {:?}", is(*judge, value));
        }
    }
}

#[test]
fn what_the_file_does_not_decide_is_open() {
    let cases: &[(Judgement, &str)] = &[
        (positive, "many"),
        (is_true, "yes"),
        (idle, "soon"),
        (certificates, "Ssl"),
        (certificates, "8"),
        (ssl, "8"),
        (not_detailed, "1"),
        (w3c, "2"),
        (forwarded_for, ""),
        (of_sites, "CentralW3C"),
        (own_modules, "A:D:\\Windows\\System32\\inetsrv\\a.dll"),
        (recycle_events, "Time, Memory, PrivateMemory"),
        (recycle_events, "3"),
    ];
    for (judge, value) in cases {
        assert!(matches!(is(*judge, value), Judged::Open(_)), "{value}: {:?}", is(*judge, value));
    }
    for image in ["%windir%\\System32\\inetsrv\\a.dll", "C:\\Program Files\\x\\b.dll", ""] {
        assert_eq!(is(own_modules, &format!("A:{image}")), Judged::Good, "{image}");
    }
    let foreign =
        ["C:\\Temp\\a.dll", "D:\\Windows\\..\\a.dll", "%windir%\\System32\\inetsrv\\..\\..\\Temp\\a.dll", "\\\\server\\share\\a.dll"];
    for image in foreign {
        assert!(matches!(is(own_modules, &format!("A:{image}\nB:D:\\Windows\\b.dll")), Judged::Bad(_)), "{image}");
    }
}

/// What a doubt makes of a good and of a bad value, written in the file or the schema's.
#[test]
fn a_doubt_never_passes_and_fails_only_what_the_file_says() {
    for doubt in [HardeningDoubt::WebConfig, HardeningDoubt::ChildApplications, HardeningDoubt::Version, HardeningDoubt::NotHere] {
        for (value, is_default) in [("false", true), ("false", false), ("true", true), ("true", false)] {
            let fact = HardeningFact { doubt: Some(doubt), ..fact("a@enabled", value, is_default) };
            let fails = value == "true" && !is_default && matches!(doubt, HardeningDoubt::WebConfig | HardeningDoubt::ChildApplications);
            match settled(&fact, is_false(&fact)) {
                Judged::Bad(_) => assert!(fails, "{fact:?}"),
                Judged::Open(_) => assert!(!fails, "{fact:?}"),
                Judged::Good => panic!("{fact:?} passes"),
            }
        }
    }
}
