"""What is played: environments made of a browser and a task, and the catalogue of tasks."""
