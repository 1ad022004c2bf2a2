"""What keeps the jobs themselves alive."""

from procrastinate import JobContext
from procrastinate.contrib.django import app


@app.periodic(cron="*/1 * * * *")
@app.task(queueing_lock="take_up_again", pass_context=True)
async def take_up_again(context: JobContext, timestamp: int) -> None:
    """Every minute: jobs whose worker was killed in the middle go back into the queue. Each job bears running twice."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        if job.id is not None and job.id != (context.job.id if context.job else None):
            await jobs.retry_job(job)
