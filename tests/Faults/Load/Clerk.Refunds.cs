using System.Text.Json.Nodes;

namespace OrderToCash.Faults.Load;

/// <summary>Money that goes back to those who paid it.</summary>
internal sealed partial class Clerk
{
    /// <summary>All that is free of a receipt, or half of it, is to go back.</summary>
    private async Task RefundAsync()
    {
        if (book.TakeReceipt(random) is not { } receipt)
            return;
        if (await caller.ReadAsync($"/v1/receipts/{receipt.Id}") is { } now
            && AmountOf(now["unapplied"]) is > 0 and var free)
        {
            var amount = random.Next(2) == 0 ? free : Math.Max(receipt.Buyer.Round(free / 2), 1);
            var wish = Wish.Creating(Cash, "refund", "/v1/refunds", new
            {
                receiptId = receipt.Id,
                amount = receipt.Buyer.Money(Math.Min(amount, free)),
                reason = "load",
                payee = new { name = "Somebody", iban = "DE89370400440532013000" },
            }, "refund_requested");
            if ((await caller.AskAsync(wish, random)).Body is { } refund)
                book.Add(new Refunded(Id(refund), receipt.Buyer));
        }

        book.Add(receipt);
    }

    /// <summary>All refunds of a company that wait go to the bank in one file; often there is none.</summary>
    private Task PayRefundsAsync()
    {
        var company = market.Any(random);
        return caller.AskAsync(
            Wish.Creating(
                Cash, "payment file", "/v1/payment-files",
                new { bankAccount = Market.BankAccountOf(company.LegalEntity) }, "payment_file_created"),
            random);
    }

    /// <summary>
    /// One that was not paid yet is taken back, one that was comes back from the bank; either may be too late or early.
    /// </summary>
    private async Task EndRefundAsync()
    {
        if (book.TakeRefund(random) is not { } refund)
            return;
        var (verb, leaves) = random.Next(2) == 0 ? ("cancel", "refund_cancelled") : ("return", "refund_returned");
        var ending = await caller.AskAsync(
            Wish.On(refund.Id, Cash, $"refund {verb}", $"/v1/refunds/{refund.Id}/{verb}", Because, leaves), random);
        if (ending.Outcome == Facts.Outcome.Refused)
            book.Add(refund);
    }

    private static Guid Id(JsonNode answer) => answer["id"]!.GetValue<Guid>();
}
