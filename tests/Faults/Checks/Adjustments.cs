using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Checks;

/// <summary>What becomes of invoices besides being paid: credit memos, corrections, fees.</summary>
internal static class Adjustments
{
    public static Verdict MemosAreConserved(SystemFacts facts)
    {
        var rows = facts.Memos.ToDictionary(row => row.Memo);
        var subledger = facts.Subledger.ToDictionary(row => row.Invoice, row => row.Sum);
        List<string> findings = [];
        foreach (var memo in facts.MemoEvents.GroupBy(e => e.Memo))
        {
            decimal total = 0, open = 0;
            foreach (var e in memo.OrderBy(e => e.Version))
            {
                (total, open) = e.Type switch
                {
                    "credit_memo_issued" => (e.Amount, e.Amount),
                    "credit_memo_applied" => (total, open - e.Amount),
                    _ => (total, open + e.Amount),
                };
                if (open < 0 || open > total || (e.OpenAfter ?? open) != open)
                    findings.Add($"credit memo {memo.Key} at {e.Version}: {open} of {total} open, said {e.OpenAfter}");
            }

            if (rows.GetValueOrDefault(memo.Key) is var row && (row?.Total, row?.Open) != (total, open))
                findings.Add($"credit memo {memo.Key}: {open} of {total} open by its events, its row says {row}");
            if (subledger.GetValueOrDefault(memo.Key) != -open)
                findings.Add($"credit memo {memo.Key}: {open} open by its events, not so in the subledger");
        }

        return new Verdict(facts.MemoEvents.Count, findings);
    }

    public static Verdict AppliedCreditsAgree(SystemFacts facts)
    {
        var onMemos = facts.MemoEvents.Where(e => e.Application is not null)
            .GroupBy(e => e.Application!.Value)
            .ToDictionary(one => one.Key, one => one.MaxBy(e => e.Version)!)
            .ToDictionary(one => one.Key, one => (
                one.Value.Memo, one.Value.Invoice!.Value, one.Value.Amount,
                IsApplied: one.Value.Type == "credit_memo_applied"));
        var onInvoices = facts.AppliedCredits.GroupBy(e => e.Application)
            .ToDictionary(one => one.Key, one => one.MaxBy(e => e.Version)!)
            .ToDictionary(one => one.Key, one => (
                one.Value.Memo, one.Value.Invoice, one.Value.Amount, IsApplied: one.Value.Type == "credit_applied"));
        return new Verdict(onMemos.Count,
        [
            .. from application in onMemos.Keys.Union(onInvoices.Keys)
               where onMemos.GetValueOrDefault(application) != onInvoices.GetValueOrDefault(application)
               select $"application {application} is {onMemos.GetValueOrDefault(application)} of its credit memo and " +
                   $"{onInvoices.GetValueOrDefault(application)} of its invoice",
        ]);
    }

    public static Verdict CorrectionsArePairs(SystemFacts facts)
    {
        var totals = facts.Billed.ToDictionary(row => row.Invoice, row => row.Total);
        var anew = facts.Billed.Where(row => row.Corrects is not null).ToLookup(row => row.Corrects!.Value);
        var memos = facts.MemoEvents.Where(e => e is { Type: "credit_memo_issued", Reason: "Correction" })
            .ToLookup(e => e.Invoice!.Value);
        var corrected = facts.Corrections.ToLookup(one => one.Invoice);
        return new Verdict(facts.Corrections.Count,
        [
            .. from invoice in corrected.Select(one => one.Key).Union(anew.Select(one => one.Key))
                   .Union(memos.Select(one => one.Key))
               let corrections = corrected[invoice].ToList()
               where corrections is not [var pair]
                   || anew[invoice].Select(row => row.Invoice).ToArray() is not [var replacement]
                   || replacement != pair.Replacement
                   || memos[invoice].ToArray() is not [var memo] || memo.Memo != pair.Memo
                   || memo.Amount != totals.GetValueOrDefault(invoice)
               select $"invoice {invoice} was corrected {corrections.Count} times, credited " +
                   $"{memos[invoice].Sum(memo => memo.Amount)} of {totals.GetValueOrDefault(invoice)}, and " +
                   $"{anew[invoice].Count()} took its place",
        ]);
    }

    public static Verdict CreditsComeWithTheirPayment(SystemFacts facts)
    {
        var applied = facts.InvoiceEvents.Where(e => e.Type == "payment_applied").Select(e => e.Allocation!.Value)
            .ToHashSet();
        var asked = facts.CreditsAsked.Where(credit => applied.Contains(credit.Allocation))
            .Select(credit => (credit.Allocation, credit.Memo, credit.Amount)).ToHashSet();
        var said = facts.CreditsBesidePayments.ToLookup(credit => (credit.Allocation, credit.Memo, credit.Amount));
        var there = facts.AppliedCredits.Where(e => e.Type == "credit_applied")
            .ToLookup(e => (e.Invoice, e.Memo, e.Amount), e => e.Version);
        return new Verdict(asked.Count,
        [
            .. from credit in asked.Union(said.Select(one => one.Key))
               where !asked.Contains(credit) || said[credit].Count() != 1
               select $"allocation {credit.Allocation}: {credit.Amount} of credit memo {credit.Memo} is " +
                   $"{(asked.Contains(credit) ? "asked for and not applied with it" : "applied and not asked for")}",
            .. from payment in facts.CreditsBesidePayments.GroupBy(credit => (credit.Invoice, credit.Version))
               let most = payment.Count()
               from credit in payment
               where !there[(credit.Invoice, credit.Memo, credit.Amount)]
                   .Any(version => version < credit.Version && version >= credit.Version - most)
               select $"allocation {credit.Allocation} says that {credit.Amount} of credit memo {credit.Memo} came " +
                   "with it, which its invoice does not know",
        ]);
    }

    public static Verdict FeesAreChargedOnce(SystemFacts facts)
    {
        var answers = facts.FeesAnswered.ToLookup(answer => answer.Notice, answer => answer.Document);
        var memos = facts.Billed.Where(row => row.IsDebitMemo).ToDictionary(row => row.Invoice);
        var charged = facts.FeesAnswered.Select(answer => answer.Document).ToHashSet();
        return new Verdict(facts.FeesAsked.Count,
        [
            .. from fee in facts.FeesAsked.GroupBy(fee => fee.Notice)
               where fee.ToArray() is not [var asked] || answers[fee.Key].ToArray() is not [{ } document]
                   || memos.GetValueOrDefault(document) is not { } memo
                   || (memo.Customer, memo.Currency, memo.Total) != (asked.Customer, asked.Currency, asked.Amount)
               select $"notice {fee.Key}: {string.Join(", ", fee)} was charged with " +
                   $"[{string.Join(", ", answers[fee.Key])}]",
            .. from memo in memos.Keys
               where !charged.Contains(memo)
               select $"debit memo {memo} is the fee of no notice",
        ]);
    }
}
