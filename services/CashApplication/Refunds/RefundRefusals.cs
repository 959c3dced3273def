using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Refunds;

/// <summary>Why something about a refund is refused.</summary>
public static class RefundRefusals
{
    public static Refusal NotFound(Guid id) => Refusal.NotFound("refund", id);

    public static Refusal Payee(string field, string detail) => new("bad-payee", detail, Field: field);

    public static Refusal NoAccount => Payee(
        "/payee", "No account was approved with it; ask for it again and name the account that it goes to.");

    public static Refusal Is(RefundStatus now, RefundStatus needed) => Refusal.State(
        "refund-state", $"The refund is {Json.NameOf(now)}; it must be {Json.NameOf(needed)} for that.");

    public static Refusal Withdrawn(string number, string reason) => Refusal.State(
        "refund-withdrawn", $"Refund of {number}: {reason} Reject the payment file and pay the others by another one.");

    public static Refusal InOtherFile(Guid fileId) => Refusal.State(
        "refund-in-file", $"The refund is in payment file {fileId} already.");
}
