"""What intents and language models share: what they may tell, what names mean, and what was asked back."""
