//! Topology documents of Lync Server and Skype for Business Server.
