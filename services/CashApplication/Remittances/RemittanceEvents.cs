using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Remittances;

/// <summary>A payer said what a payment is for.</summary>
/// <param name="LegalEntity">Who is paid.</param>
/// <param name="Format">The message it came in: <c>json</c>, <c>csv</c>, <c>x12.820</c>, …</param>
/// <param name="PaymentReference">What payment and advice have in common, or null.</param>
/// <param name="Method"><c>wire</c>, <c>ach</c>, <c>card</c>, <c>check</c>, <c>cash</c> or <c>lockbox</c>; or
/// null.</param>
/// <param name="Amount">What is paid in all.</param>
/// <param name="PaymentDate">The day on which the money is to arrive, or null.</param>
/// <param name="Payer">Who pays.</param>
/// <param name="CustomerId">Which customer that is, where the sender knows; or null.</param>
/// <param name="Lines">What is paid, document by document.</param>
/// <param name="Adjustments">Adjustments that belong to no document.</param>
/// <param name="ContentHash">Tells the same advice sent twice.</param>
public sealed record RemittanceReceived(
    string LegalEntity, string Format, string? PaymentReference, string? Method, Money Amount, DateOnly? PaymentDate,
    RemittanceParty Payer, Guid? CustomerId, IReadOnlyList<RemittanceLine> Lines,
    IReadOnlyList<RemittanceAdjustment> Adjustments, string ContentHash)
{
    /// <summary>The advice as matching reads it.</summary>
    [JsonIgnore]
    public RemittanceAdvice Advice => new()
    {
        Format = Format,
        Ordinal = 1,
        Line = 1,
        PaymentReference = PaymentReference,
        Method = Method,
        Amount = Amount,
        PaymentDate = PaymentDate,
        Payer = Payer,
        Lines = Lines,
        Adjustments = Adjustments,
    };
}

/// <summary>The money has come, and follows it.</summary>
public sealed record RemittanceMatched(Guid ReceiptId);

/// <summary>
/// The receipt that followed it does not any more: its money is gone again, or what was applied by it is taken back.
/// The advice waits for its money again.
/// </summary>
public sealed record RemittanceReleased(Guid ReceiptId);

/// <summary>No money will follow it any more.</summary>
public sealed record RemittanceClosed(string Reason);
