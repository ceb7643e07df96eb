//! From stores of files to an inventory.
