using OrderToCash.Kernel;

namespace OrderToCash.Collections.Holds;

/// <summary>What a hold is for.</summary>
public enum HoldKind
{
    /// <summary>No dunning until it is released or its last day is over; people may get in touch.</summary>
    DunningBlock,

    /// <summary>A matter of law: no dunning, and nobody gets in touch.</summary>
    LegalHold,

    /// <summary>The customer wants not to be contacted.</summary>
    DoNotContact,

    /// <summary>The customer demanded in writing that contact ends.</summary>
    CeaseAndDesist,

    /// <summary>Claims go to the estate, nobody gets in touch.</summary>
    Bankruptcy,

    /// <summary>A company of our own, or a record that stands for nobody.</summary>
    InternalParty,
}

/// <summary>
/// Something is held back from dunning: all of a customer, an invoice, an installment, or an amount of one.
/// </summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Kind">What for.</param>
/// <param name="InvoiceId">The invoice; null for all of the customer.</param>
/// <param name="Installment">Its installment; null for all of the invoice.</param>
/// <param name="Amount">How much of the installment; null for all of it.</param>
/// <param name="Until">Last day of the hold, in the entity's calendar; null: until it is released.</param>
/// <param name="Releasers">Who may release it: subjects, and roles as <c>role:legal</c>. Nobody named means everybody
/// who may write, and with matters of law (<see cref="HoldDecider.IsLaw"/>) who may run the system.</param>
/// <param name="Reason">Why.</param>
public sealed record HoldPlaced(
    string LegalEntity, Guid CustomerId, HoldKind Kind, Guid? InvoiceId, int? Installment, Money? Amount,
    DateOnly? Until, IReadOnlyList<string> Releasers, string Reason);

/// <summary>The hold ends on another day.</summary>
/// <param name="Placed">The hold as it is now.</param>
public sealed record HoldExtended(HoldPlaced Placed);

/// <summary>Somebody released it.</summary>
/// <param name="Placed">The hold as it was.</param>
public sealed record HoldReleased(HoldPlaced Placed);

/// <summary>Its last day has ended.</summary>
/// <param name="Placed">The hold as it was.</param>
public sealed record HoldExpired(HoldPlaced Placed);
