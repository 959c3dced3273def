namespace OrderToCash.CashApplication.PendingPayments;

/// <summary>What became of a payment, by its processor.</summary>
public enum ProcessorState
{
    /// <summary>It was taken: its money is on the way to the bank.</summary>
    Succeeded,

    /// <summary>The processor does not know yet, or does not know the payment.</summary>
    Open,

    /// <summary>It was refused: no money comes.</summary>
    Failed,
}

/// <summary>What a processor answered.</summary>
/// <param name="Reason">Why it failed, in the processor's words; or null.</param>
public sealed record ProcessorAnswer(ProcessorState State, string? Reason = null);
