using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.PendingPayments;

/// <summary>How far a pending payment is.</summary>
public static class PendingStages
{
    /// <summary>A card payment is authorized, and not captured.</summary>
    public const string Authorized = "authorized";

    /// <summary>A debit or transfer is on its way to the bank.</summary>
    public const string Initiated = "initiated";

    /// <summary>A check is at the bank, and not cleared.</summary>
    public const string Deposited = "deposited";

    /// <summary>The bank shows it among what it has not booked.</summary>
    public const string Announced = "announced";

    /// <summary>Nobody knows: the processor has not answered.</summary>
    public const string Unknown = "unknown";

    /// <summary>Those that a caller may tell; the bank's own come by its files.</summary>
    public static readonly IReadOnlyList<string> OfCallers = [Authorized, Deposited, Initiated, Unknown];

    /// <summary>Those of which the processor can tell more.</summary>
    public static readonly IReadOnlyList<string> OfProcessors = [Authorized, Initiated, Unknown];
}

/// <summary>How a pending payment ends, once.</summary>
public static class PendingOutcomes
{
    /// <summary>The money is there: a receipt.</summary>
    public const string Settled = "settled";

    /// <summary>No money comes.</summary>
    public const string Failed = "failed";

    /// <summary>No money came in time.</summary>
    public const string Expired = "expired";

    /// <summary>The bank showed it, and a caller tells it: the one that is told is the same money.</summary>
    public const string Replaced = "replaced";
}

/// <summary>What a pending payment is expected to pay: as long as it is pending nobody is dunned for that.</summary>
/// <param name="ItemId">Names it for whoever holds it back.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="Amount">How much of it.</param>
public sealed record PendingItem(
    Guid ItemId, Guid InvoiceId, int Installment, string InvoiceNumber, Money Amount);

/// <summary>Money is on its way, or may be. It is no receipt: nothing of it is in the books, and none is applied.
/// </summary>
/// <param name="LegalEntity">Whom it is to reach.</param>
/// <param name="Method">As of receipts.</param>
/// <param name="Stage">How far it is; one of <see cref="PendingStages"/>.</param>
/// <param name="Amount">More than zero.</param>
/// <param name="Since">The first day on which its money may reach the bank.</param>
/// <param name="ExpectedOn">The day on which it should.</param>
/// <param name="ExpiresOn">The last day on which it is waited for.</param>
/// <param name="Payer">Who pays.</param>
/// <param name="Remittance">What the payer says it is for.</param>
/// <param name="CustomerId">Whose money it will be, or null.</param>
/// <param name="IdentifiedBy">What told that: <c>caller</c>, or as of receipts; or null.</param>
/// <param name="BankAccount">Code of the account it is to reach, or null.</param>
/// <param name="CheckNumber">Number of the check, or null.</param>
/// <param name="ProcessorReference">What the processor of the payment calls it, or null.</param>
/// <param name="Source">The bank's line that shows it; null where a caller told it.</param>
/// <param name="Items">What it is expected to pay; together no more than it.</param>
public sealed record PendingPaymentRecorded(
    string LegalEntity, string Method, string Stage, Money Amount, DateOnly Since, DateOnly ExpectedOn,
    DateOnly ExpiresOn, Payer Payer, IReadOnlyList<string> Remittance, Guid? CustomerId, string? IdentifiedBy,
    string? BankAccount, string? CheckNumber, string? ProcessorReference, ReceiptSource? Source,
    IReadOnlyList<PendingItem> Items);

/// <summary>The processor has answered that the payment was taken: its money is on the way.</summary>
/// <param name="LegalEntity">Whose it is.</param>
/// <param name="Stage">How far it is; one of <see cref="PendingStages"/>.</param>
public sealed record PendingPaymentAnswered(string LegalEntity, string Stage);

/// <summary>Nothing is pending any more. It is the last event of its stream.</summary>
/// <param name="LegalEntity">Whose it was.</param>
/// <param name="Outcome">One of <see cref="PendingOutcomes"/>.</param>
/// <param name="CustomerId">Whose money it was to be, or null.</param>
/// <param name="Amount">What was pending.</param>
/// <param name="Items">What it was expected to pay.</param>
/// <param name="ReceiptId">The receipt that it has become, or null.</param>
/// <param name="Reason">Why no money comes, or null.</param>
public sealed record PendingPaymentEnded(
    string LegalEntity, string Outcome, Guid? CustomerId, Money Amount, IReadOnlyList<PendingItem> Items,
    Guid? ReceiptId = null, string? Reason = null);
