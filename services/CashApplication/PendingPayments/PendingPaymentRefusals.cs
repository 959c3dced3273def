using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.PendingPayments;

/// <summary>Why something about a pending payment is refused.</summary>
public static class PendingPaymentRefusals
{
    public static readonly Refusal UnknownStage = new(
        "unknown-stage", $"stage is one of {string.Join(", ", PendingStages.OfCallers)}.", Field: "/stage");

    public static readonly Refusal OtherReceipt = new(
        "other-receipt", "The receipt is of another legal entity, currency or customer, or it is reversed.",
        Field: "/receiptId");

    public static readonly Refusal ReceiptSettlesAnother = Refusal.State(
        "receipt-settles-another", "Another pending payment has become this receipt.");

    public static Refusal BadExpiry(int mostDays) => new(
        "bad-expiry",
        $"The last day it is waited for is neither past nor before the day it is expected on, and {mostDays} days " +
        "off at most.",
        Field: "/expiresOn");

    public static Refusal NotFound(Guid id) => Refusal.NotFound("pending payment", id);

    public static Refusal Ended(string outcome) =>
        Refusal.State("pending-payment-ended", $"The payment is not pending any more, it is {outcome}.");

    public static Refusal ReferenceUsed(string reference) => Refusal.State(
        "processor-reference-used", $"{reference} names a payment of another amount.");

    public static Refusal AlreadyReceived(string reference, Guid receiptId) => Refusal.State(
        "payment-already-received", $"The money of {reference} is there: receipt {receiptId}.");
}
