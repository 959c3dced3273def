using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Refunds;

/// <summary>Why something about a refund is refused.</summary>
public static class RefundRefusals
{
    public static Refusal NotFound(Guid id) => Refusal.NotFound("refund", id);

    public static Refusal Payee(string field, string detail) => new("bad-payee", detail, Field: field);

    public static Refusal NoAccount(string payee) => Payee(
        "/payee",
        $"No account of {payee} is told, and it has not paid from just one that is known; name the payee's account.");

    public static Refusal Is(RefundStatus now, RefundStatus needed) => Refusal.State(
        "refund-state", $"The refund is {Json.NameOf(now)}; it must be {Json.NameOf(needed)} for that.");

    public static Refusal InOtherFile(Guid fileId) => Refusal.State(
        "refund-in-file", $"The refund is in payment file {fileId} already.");
}
