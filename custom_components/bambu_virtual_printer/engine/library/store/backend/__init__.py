"""Places for the files of a library that several Home Assistants share: a folder, or a bucket of an object store."""
