"""The certificate authority, virtual printers' certificates, and the verification of real printers'."""
