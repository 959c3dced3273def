using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.CreditMemos;

/// <summary>Why something about a credit memo may be refused.</summary>
public static class CreditMemoRefusals
{
    public static Refusal NotFound(Guid id) => Refusal.NotFound("credit memo", id);

    public static Refusal IsVoid(CreditMemo memo) => Refusal.State(
        "credit-memo-void", $"{memo.Issued!.Number} is void.");

    public static Refusal HasApplications(CreditMemo memo) => Refusal.State(
        "credit-memo-applied", $"{memo.Issued!.Number} is applied; take its applications back first.");

    public static Refusal HasRefunds(CreditMemo memo) => Refusal.State(
        "credit-memo-refunded", $"{memo.Issued!.Number} is paid back in part; that cannot be cancelled.");

    public static Refusal RefundWaits(CreditMemo memo) => Refusal.State(
        "refund-waits",
        $"A refund of {memo.Issued!.Number} waits for an approval, or to be paid; have it rejected, withdrawn or " +
        "cancelled first.");

    public static Refusal PaidByCash(Guid refundId) => Refusal.State(
        "refund-paid-by-cash",
        $"Cash application pays refund {refundId}, and says itself what the bank sends back of it.");

    public static Refusal PaidAlready(Guid refundId) => Refusal.State(
        "refund-paid", $"Refund {refundId} is paid; it cannot end without a payment.");

    public static Refusal NotPaid(Guid refundId) => Refusal.State(
        "refund-ended", $"Refund {refundId} has ended without a payment; it cannot be paid any more.");

    public static Refusal PaidByHand(string legalEntity) => new(
        "refund-paid-by-hand",
        $"Refunds of {legalEntity} are paid by hand, as its automation policy says; nobody reads a payee.",
        Field: "/payee");

    public static Refusal NobodyApprovesRefunds(string legalEntity) => new(
        "above-authority",
        $"The approval matrix of {legalEntity} does not say who approves refunds; then only scope admin pays back a " +
        "credit memo that is for no invoice.",
        RefusalKind.Forbidden);

    public static Refusal NoReference(int longest) => new(
        "invalid-refund", $"The reference of the payment has 1 to {longest} characters on one line.",
        Field: "/reference");

    public static Refusal BadPayee(string field, string detail) => new("invalid-refund", detail, Field: field);

    public static Refusal NoPayee => BadPayee(
        "/payee", "Cash application pays this refund; name the account that it goes to.");

    public static Refusal RefundKnown(CreditMemo memo, string reference) => Refusal.State(
        "refund-known", $"{memo.Issued!.Number} has a refund with reference {reference} already.");

    public static Refusal NothingToRefund(CreditMemo memo) => Refusal.State(
        "nothing-to-refund", $"Nothing of {memo.Issued!.Number} is open that could be paid back.");

    public static Refusal ExceedsOpen(CreditMemo memo, Money asked) => Refusal.State(
        "exceeds-open",
        $"{memo.Available} of {memo.Issued!.Number} is open" +
        $"{(memo.Reserved.IsEmpty ? "" : " and kept for no refund")}; {asked} is more than that.");

    public static Refusal OtherCurrency(CreditMemo memo, Money asked) => new(
        "other-currency", $"{memo.Issued!.Number} is in {memo.Open.Currency}; {asked} cannot be taken from it.",
        Field: "/amount");

    public static Refusal OtherCurrency(CreditMemo memo, Invoice invoice) => new(
        "other-currency",
        $"{memo.Issued!.Number} is in {memo.Open.Currency}; {invoice.Issued!.Number} is in {invoice.Currency}.",
        Field: "/invoiceId");

    public static Refusal NotOfInvoice(string asked, InvoiceIssued invoice) => new(
        "other-currency", $"{invoice.Number} is in {invoice.Total.Currency}; it is not credited in {asked}.",
        Field: "/currency");

    public static Refusal OtherCustomer(CreditMemo memo, string invoice) => new(
        "other-customer", $"{memo.Issued!.Number} and {invoice} belong to different customers.", Field: "/invoiceId");

    public static Refusal NothingSettled(CreditMemo memo) => Refusal.State(
        "nothing-open", $"Nothing is open that {memo.Issued!.Number} could settle.");

    public static Refusal BeforeInvoice(DateOnly date, InvoiceIssued invoice) => new(
        "credit-before-invoice",
        $"A credit memo of {date:O} cannot credit {invoice.Number}, which is dated {invoice.InvoiceDate:O}.",
        Field: "/creditDate");

    public static Refusal UnknownInvoice(Guid invoiceId) => new(
        "unknown-invoice", $"There is no invoice {invoiceId} of this customer.", Field: "/invoiceId");
}
