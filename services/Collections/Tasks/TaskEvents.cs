namespace OrderToCash.Collections.Tasks;

/// <summary>What a collector is to do.</summary>
public enum TaskKind
{
    /// <summary>Call the customer.</summary>
    Call,

    /// <summary>Find an address that mail reaches.</summary>
    RepairAddress,

    /// <summary>Something else.</summary>
    Other,
}

/// <summary>Something is to be done about a customer.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Kind">What.</param>
/// <param name="Text">In words.</param>
/// <param name="DueOn">By when, in the entity's calendar.</param>
/// <param name="Assignee">Subject of who is to do it; null for whoever looks after the customer.</param>
/// <param name="NoticeId">The notice behind it, or null.</param>
public sealed record TaskCreated(
    string LegalEntity, Guid CustomerId, TaskKind Kind, string Text, DateOnly DueOn, string? Assignee, Guid? NoticeId);

/// <summary>It was done.</summary>
/// <param name="Created">The task.</param>
/// <param name="Result">What came of it, in words.</param>
public sealed record TaskDone(TaskCreated Created, string Result);

/// <summary>It is no longer needed.</summary>
/// <param name="Created">The task.</param>
/// <param name="Why">In words.</param>
public sealed record TaskCancelled(TaskCreated Created, string Why);
