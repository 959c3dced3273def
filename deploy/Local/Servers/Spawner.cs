using System.Collections.Concurrent;

namespace OrderToCash.Local.Servers;

/// <summary>
/// Starts every child from one thread that lives as long as this process: the kernel sends a parent-death signal when
/// the starting <em>thread</em> ends, and threads of the pool come and go.
/// </summary>
internal static class Spawner
{
    private static readonly BlockingCollection<Task> Work = StartThread();

    /// <summary>Runs the start on that thread and returns what it gives.</summary>
    public static async Task<T> RunAsync<T>(Func<T> start)
    {
        var task = new Task<T>(start);
        Work.Add(task);
        return await task;
    }

    private static BlockingCollection<Task> StartThread()
    {
        var work = new BlockingCollection<Task>();
        new Thread(() =>
        {
            foreach (var task in work.GetConsumingEnumerable())
                task.RunSynchronously(TaskScheduler.Default);
        })
        { IsBackground = true, Name = "spawner" }.Start();
        return work;
    }
}
