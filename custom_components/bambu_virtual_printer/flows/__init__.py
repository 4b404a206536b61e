"""The forms that set everything up: the hub's options, virtual printers, real printers, proxies, the certificate."""
