"""What is trained: pre-training and fine-tuning of the models."""
