using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Checks;

/// <summary>No money is lost, doubled or invented: every sum is added up again from the events alone.</summary>
internal static class Money
{
    public static Verdict ReceiptsAreConserved(SystemFacts facts)
    {
        List<string> findings = [];
        foreach (var receipt in facts.ReceiptEvents.GroupBy(e => e.Receipt))
        {
            var story = new ReceiptStory();
            foreach (var e in receipt.OrderBy(e => e.Version))
            {
                story.Add(e);
                var places = e.Unapplied + e.Pending + e.Applied + e.Reversed + e.Refunded + e.WrittenOff;
                if (e.Amount != places || new[]
                    {
                        e.Unapplied, e.Pending, e.Applied, e.Reversed, e.Refunded, e.WrittenOff,
                    }.Min() < 0)
                    findings.Add($"receipt {receipt.Key} at {e.Version}: {e.Amount} came in, {places} are somewhere");
                else if ((e.Pending, e.Applied, e.WrittenOff) != (story.Pending, story.Applied, story.WrittenOff))
                    findings.Add($"receipt {receipt.Key} at {e.Version}: its story does not make its balance");
            }
        }

        return new Verdict(facts.ReceiptEvents.Count, findings);
    }

    public static Verdict InvoicesAreConserved(SystemFacts facts)
    {
        List<string> findings = [];
        foreach (var invoice in facts.InvoiceEvents.GroupBy(e => e.Invoice))
        {
            decimal total = 0, balance = 0;
            var installments = new Dictionary<int, decimal>();
            foreach (var e in invoice.OrderBy(e => e.Version))
            {
                var before = balance;
                (total, balance) = Next(e, total, balance);
                if (balance < 0 || balance > total || !IsConserved(e, balance - before, installments))
                {
                    findings.Add(
                        $"invoice {invoice.Key} at {e.Version}: {balance} of {total} open, said {e.BalanceAfter}");
                }
            }
        }

        return new Verdict(facts.InvoiceEvents.Count, findings);
    }

    public static Verdict AllocationsAgree(SystemFacts facts)
    {
        var asked = facts.AllocationEvents.GroupBy(e => e.Allocation)
            .ToDictionary(a => a.Key, a => StateInCash(a.MaxBy(e => e.Version)!.Type));
        var answered = facts.InvoiceEvents.Where(e => e.Allocation is not null)
            .GroupBy(e => e.Allocation!.Value)
            .ToDictionary(a => a.Key, a => StateInInvoicing(a.MaxBy(e => e.Version)!.Type));
        return new Verdict(asked.Count,
        [
            .. from allocation in asked.Keys.Union(answered.Keys)
               let cash = asked.GetValueOrDefault(allocation, "unknown")
               let invoicing = answered.GetValueOrDefault(allocation, "unknown")
               where cash != invoicing
               select $"allocation {allocation} is {cash} in cash application and {invoicing} in invoicing",
        ]);
    }

    public static Verdict OpenItemsAreTheirEvents(SystemFacts facts)
    {
        var items = facts.OpenItems.ToLookup(item => item.Invoice, item => item.Balance);
        var rows = facts.Invoices.ToDictionary(row => row.Invoice);
        var subledger = facts.Subledger.ToDictionary(row => row.Invoice);
        var invoices = facts.InvoiceEvents.GroupBy(e => e.Invoice).ToList();
        List<string> findings = [];
        foreach (var invoice in invoices)
        {
            decimal total = 0, balance = 0;
            foreach (var e in invoice.OrderBy(e => e.Version))
                (total, balance) = Next(e, total, balance);
            var isVoid = invoice.Any(e => e.Type == "invoice_voided");
            var row = rows.GetValueOrDefault(invoice.Key);
            if (row is null || row.Balance != balance || row.Total != total || row.IsVoid != isVoid)
                findings.Add($"invoice {invoice.Key}: {balance} of {total} open by its events, its row says {row}");
            if (items[invoice.Key].Sum() is var open && open != balance)
                findings.Add($"invoice {invoice.Key}: {balance} open by its events, {open} by its items");
            if (subledger.GetValueOrDefault(invoice.Key)?.Sum != balance)
                findings.Add($"invoice {invoice.Key}: {balance} open by its events, not so in the subledger");
        }

        if (invoices.Count != rows.Count)
            findings.Add($"{invoices.Count} invoices have events, {rows.Count} have a row");
        findings.AddRange(subledger.Keys
            .Except(rows.Keys).Except(facts.Memos.Select(memo => memo.Memo))
            .Select(id => $"the subledger moves {subledger[id].Sum} of {id}, which is no document"));
        return new Verdict(invoices.Count, findings);
    }

    private static (decimal Total, decimal Balance) Next(InvoiceEvent e, decimal total, decimal balance) =>
        e.Type switch
        {
            "invoice_issued" => (e.Amount, e.Amount),
            "payment_applied" or "credit_applied" or "written_off" => (total, balance - e.Amount),
            "payment_reversed" or "credit_unapplied" or "write_off_recovered" => (total, balance + e.Amount),
            "invoice_voided" => (total, 0),
            _ => (total, balance),
        };

    /// <summary>The same for the one installment that an event moves.</summary>
    private static bool IsConserved(InvoiceEvent e, decimal change, Dictionary<int, decimal> installments)
    {
        if (e is not { Installment: { } number, InstallmentAmount: { } amount })
            return true;
        var open = installments.GetValueOrDefault(number, amount) + change;
        installments[number] = open;
        return open >= 0 && open <= amount && (e.BalanceAfter ?? open) == open;
    }

    private static string StateInCash(string lastEvent) => lastEvent switch
    {
        "allocation_confirmed" => "applied",
        "allocation_rejected" => "rejected",
        "allocation_reversed" => "reversed",
        _ => "waiting",
    };

    private static string StateInInvoicing(string lastEvent) => lastEvent switch
    {
        "payment_applied" => "applied",
        "payment_application_rejected" => "rejected",
        "payment_reversed" => "reversed",
        _ => "awaited",
    };

    /// <summary>What is promised, applied and given up, added up from what the events are about.</summary>
    private sealed class ReceiptStory
    {
        public decimal Pending { get; private set; }

        public decimal Applied { get; private set; }

        public decimal WrittenOff { get; private set; }

        public void Add(ReceiptEvent e)
        {
            var amount = e.Allocated ?? 0;
            switch (e.Type)
            {
                case "allocations_requested" or "refund_reserved":
                    Pending += amount;
                    break;
                case "allocation_confirmed":
                    (Pending, Applied) = (Pending - amount, Applied + amount);
                    break;
                case "allocation_reversals_requested":
                    (Pending, Applied) = (Pending + amount, Applied - amount);
                    break;
                case "allocation_rejected" or "allocation_reversed" or "refund_released" or "refund_paid_out":
                    Pending -= amount;
                    break;
                case "rest_written_off":
                    WrittenOff += amount;
                    break;
                case "rest_write_off_reversed":
                    WrittenOff -= amount;
                    break;
                case "receipt_reversed":
                    WrittenOff = 0;
                    break;
            }
        }
    }
}
