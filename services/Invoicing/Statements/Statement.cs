using System.Globalization;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Statements;

/// <summary>Where a statement is.</summary>
public enum StatementStatus
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Made; to be sent or, for post, to be printed.</summary>
    Prepared,

    /// <summary>The mail server has taken it.</summary>
    Sent,

    /// <summary>It could not be sent.</summary>
    NotSent,

    /// <summary>It reached the mailbox.</summary>
    Delivered,

    /// <summary>Somebody has looked at it.</summary>
    Opened,

    /// <summary>It came back.</summary>
    Bounced,
}

/// <summary>What one customer is told about one period.</summary>
public sealed record Statement
{
    public static readonly Statement Initial = new();

    /// <summary>As it was made; null before that.</summary>
    public StatementPrepared? Prepared { get; init; }

    public StatementStatus Status { get; init; }

    /// <summary>Why it was not sent or came back, or null.</summary>
    public string? Reason { get; init; }

    /// <summary>How often the mail server has taken it.</summary>
    public int Sends { get; init; }

    /// <summary>From when on it is sent again by itself; null for never.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>How often in a row it was put off.</summary>
    public int Failures { get; init; }

    public static Statement Evolve(Statement statement, object e) => e switch
    {
        StatementPrepared prepared => new Statement { Prepared = prepared, Status = StatementStatus.Prepared },
        StatementSent => statement with
        {
            Status = StatementStatus.Sent,
            Reason = null,
            Sends = statement.Sends + 1,
            Failures = 0,
        },
        StatementNotSent not => statement with
        {
            Status = StatementStatus.NotSent,
            Reason = not.Reason,
            RetryAt = not.RetryAt,
            Failures = not.RetryAt is null ? 0 : statement.Failures + 1,
        },
        StatementSendAgain => statement with { Status = StatementStatus.Prepared, RetryAt = null },
        StatementDeliveryReported report => statement with
        {
            Status = StatusOf(report.State),
            Reason = report.State == DeliveryState.Bounced ? report.Detail : null,
        },
        _ => statement,
    };

    /// <summary>The status that a delivery report leads to.</summary>
    public static StatementStatus StatusOf(DeliveryState state) => state switch
    {
        DeliveryState.Delivered => StatementStatus.Delivered,
        DeliveryState.Opened => StatementStatus.Opened,
        _ => StatementStatus.Bounced,
    };
}

public static class StatementStream
{
    public static readonly StreamType<Statement> Type = new("statement", Statement.Initial, Statement.Evolve);

    /// <summary>One per customer, cycle and last day, so that no run makes a second one.</summary>
    public static Guid Id(Guid customerId, StatementCycle cycle, DateOnly to) => Ids.From(
        "statement", customerId.ToString("D"), cycle.ToString(),
        to.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}

/// <summary>A run over the customers of a legal entity.</summary>
public sealed record StatementRun
{
    public static readonly StatementRun Initial = new();

    /// <summary>What was to be made; null before that.</summary>
    public StatementRunStarted? Started { get; init; }

    /// <summary>What was made; null while it goes on.</summary>
    public StatementRunFinished? Finished { get; init; }

    public static StatementRun Evolve(StatementRun run, object e) => e switch
    {
        StatementRunStarted started => run with { Started = started },
        StatementRunFinished finished => run with { Finished = finished },
        _ => run,
    };
}

public static class StatementRunStream
{
    public static readonly StreamType<StatementRun> Type =
        new("statement_run", StatementRun.Initial, StatementRun.Evolve);

    /// <summary>The run that is started by itself; one that a person starts has an identifier of its own.</summary>
    public static Guid Id(string legalEntity, StatementCycle cycle, DateOnly to) => Ids.From(
        "statement-run", legalEntity, cycle.ToString(), to.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}
