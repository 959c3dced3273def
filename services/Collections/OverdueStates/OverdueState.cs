using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.OverdueStates;

/// <summary>The state that a customer's arrears put it in.</summary>
public sealed record OverdueState
{
    public static readonly OverdueState Initial = new();

    /// <summary>Whose receivables; null before the customer was ever in one.</summary>
    public string? LegalEntity { get; init; }

    /// <summary>Code of the state; null: nothing is wrong.</summary>
    public string? Code { get; init; }

    /// <summary>The day it was entered.</summary>
    public DateOnly EnteredOn { get; init; }

    /// <summary>How often payment was tried again in it.</summary>
    public int Retries { get; init; }

    /// <summary>
    /// It was entered under a hold that forbids contact, and has led to nothing but that no changes are allowed.
    /// </summary>
    public bool IsOnlyNoted { get; init; }

    public static OverdueState Evolve(OverdueState state, object e) => e switch
    {
        OverdueStateChanged changed => new OverdueState
        {
            LegalEntity = changed.LegalEntity,
            Code = changed.To,
            EnteredOn = changed.On,
            IsOnlyNoted = !changed.LeadsToMore() && OverdueStateDecider.IsLeftAlone(changed.Arrears),
        },
        PaymentRetryRequested retry => state with { Retries = retry.Attempt },
        _ => state,
    };
}

public static class OverdueStateStream
{
    public static readonly StreamType<OverdueState> Type =
        new("overdue_state", OverdueState.Initial, OverdueState.Evolve);

    public static Guid Id(Guid customerId) => Ids.From("overdue-state", customerId.ToString("D"));
}
