using OrderToCash.EventSourcing;

namespace OrderToCash.Collections.Tasks;

/// <summary>Where a task stands.</summary>
public enum TaskState
{
    /// <summary>To be done.</summary>
    Open,

    /// <summary>Done.</summary>
    Done,

    /// <summary>No longer needed.</summary>
    Cancelled,
}

/// <summary>Something that is to be done about a customer.</summary>
public sealed record CollectionTask
{
    public static readonly CollectionTask Initial = new();

    /// <summary>What; null before it is created.</summary>
    public TaskCreated? Created { get; init; }

    /// <summary>Where it stands.</summary>
    public TaskState State { get; init; }

    public static CollectionTask Evolve(CollectionTask task, object e) => e switch
    {
        TaskCreated created => task with { Created = created },
        TaskDone => task with { State = TaskState.Done },
        TaskCancelled => task with { State = TaskState.Cancelled },
        _ => task,
    };
}

public static class CollectionTaskStream
{
    public static readonly StreamType<CollectionTask> Type =
        new("collection_task", CollectionTask.Initial, CollectionTask.Evolve);
}
