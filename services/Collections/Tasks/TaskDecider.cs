using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tasks;

/// <summary>What may become of a task.</summary>
public static class TaskDecider
{
    /// <summary>Whose mail came back where nobody knows from which address.</summary>
    internal const string Nobody = "the customer";

    /// <summary>Creates it, once.</summary>
    public static Decision Create(CollectionTask task, TaskCreated created)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.Created is null ? Decision.Of(created) : Decision.Nothing;
    }

    /// <summary>What is sent to somebody does not arrive: an address or a number that works is to be found.</summary>
    public static TaskCreated Repair(ContactPoint point, Guid? noticeId, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(point);
        return point.Channel == ContactChannel.Email
            ? RepairAddress(point, noticeId, today)
            : new TaskCreated(
                point.LegalEntity, point.CustomerId, TaskKind.Other,
                $"{point.Channel} does not reach {ContactProfile.Key(point.Address) ?? Nobody}. Find what does.",
                today, null, noticeId);
    }

    /// <summary>Mail to somebody does not arrive: an address that works is to be found.</summary>
    public static TaskCreated RepairAddress(ContactPoint point, Guid? noticeId, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(point);
        return new TaskCreated(
            point.LegalEntity, point.CustomerId, TaskKind.RepairAddress,
            $"Mail to {point.Address ?? Nobody} came back. Find an address that works.", today, null, noticeId);
    }

    /// <summary>A number was not theirs: one that reaches them is to be found.</summary>
    public static TaskCreated RepairNumber(ContactPoint point, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(point);
        return new TaskCreated(
            point.LegalEntity, point.CustomerId, TaskKind.Other,
            $"{point.Address ?? "The number that was called"} is not the number of {point.Name ?? Nobody}. " +
            "Find one that reaches them.",
            today, null, null);
    }

    /// <summary>Notes that it was done.</summary>
    public static Decision Finish(CollectionTask task, string result)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.State switch
        {
            TaskState.Open => Decision.Of(new TaskDone(task.Created!, result)),
            TaskState.Done => Decision.Nothing,
            _ => Refusal.State("task-cancelled", "The task is no longer needed."),
        };
    }

    /// <summary>Notes that it is no longer needed; what is done stays done.</summary>
    public static Decision Cancel(CollectionTask task, string why)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task is { State: TaskState.Open, Created: { } created }
            ? Decision.Of(new TaskCancelled(created, why))
            : Decision.Nothing;
    }
}
