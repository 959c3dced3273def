using System.Globalization;

namespace OrderToCash.Faults.Load;

/// <summary>Files of a bank that are booked at once and act later.</summary>
internal sealed partial class Clerk
{
    private int _files;

    /// <summary>A few credits that pay invoices; nobody hears of their money before the file is armed.</summary>
    private async Task ImportHeldAsync()
    {
        var buyer = market.Any(random);
        var file = string.Create(CultureInfo.InvariantCulture, $"F{number}-{++_files}");
        var lines = Enumerable.Range(1, random.Next(1, 5)).Select(line => Line(buyer, $"{file}-{line}")).ToList();
        var wish = Wish.Creating(
            Cash, "held statement",
            $"/v1/bank-statements?effects=held&mapping={Market.MappingOf(buyer.LegalEntity)}",
            string.Join('\n', lines.Select(line => line.Text).Prepend("Day,Amount,Reference,Payer,Text")),
            "statement_file_imported") with
        {
            Lines = [.. lines.Select(line => line.Amount)],
        };
        if ((await caller.AskAsync(wish, random)).Body is { } import)
        {
            book.Add(new HeldFile(
                Id(import), buyer, [.. import["receiptIds"]!.AsArray().Select(id => id!.GetValue<Guid>())]));
        }
    }

    /// <summary>From then on its receipts are anybody's.</summary>
    private async Task ArmAsync()
    {
        if (book.TakeHeldFile(random) is not { } file)
            return;
        var ending = await caller.AskAsync(
            Wish.On(
                file.Id, Cash, "arming", $"/v1/bank-statements/{file.Id}/arm", Because, "statement_effects_armed"),
            random);
        if (ending.Outcome != Facts.Outcome.Accepted)
            return;
        foreach (var receipt in file.Receipts)
            book.Add(new Received(receipt, file.Buyer));
    }

    private (decimal Amount, string Text) Line(Buyer buyer, string reference)
    {
        var invoice = book.AnyInvoiceOf(buyer, random);
        var amount = invoice?.Total ?? Amount(buyer);
        return (amount, string.Create(
            CultureInfo.InvariantCulture,
            $"{Today():yyyy-MM-dd},{amount},{reference},Payer of {reference},{invoice?.Number ?? "on account"}"));
    }
}
