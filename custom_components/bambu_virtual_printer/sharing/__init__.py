"""The library that several Home Assistants share: what it takes to have it, whether it can be used, how a library is moved there and back."""
