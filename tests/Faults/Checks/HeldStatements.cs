using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Checks;

/// <summary>Statements that are booked and do not act before somebody says so.</summary>
internal static class HeldStatements
{
    /// <summary>Each line that was sent is one receipt of just its amount, which came in once.</summary>
    public static Verdict AreBookedOnce(SystemFacts facts)
    {
        var recorded = facts.ReceiptEvents.Where(e => e.Type == "receipt_recorded")
            .ToLookup(e => (Guid?)e.Receipt, e => e.Amount);
        var lines = facts.HeldReceipts.DistinctBy(held => (held.Import, held.Line)).ToLookup(held => held.Import);
        var sent = facts.Requests.Where(request => request is { Outcome: Outcome.Accepted, Lines: not null }).ToList();
        return new Verdict(sent.Sum(request => (long)request.Lines!.Count),
        [
            .. from request in sent
               let booked = request.Streams.SelectMany(import => lines[import]).Select(line => line.Amount).ToList()
               where !booked.Order().SequenceEqual(request.Lines!.Order())
               select $"{request.Operation} {request.Key} has lines of [{string.Join(", ", request.Lines!)}], " +
                   $"[{string.Join(", ", booked)}] are booked",
            .. from held in facts.HeldReceipts
               let amounts = recorded[held.Receipt].ToArray()
               where amounts is not [var amount] || amount != held.Amount
               select $"line {held.Line} of {held.Import} is {held.Amount}, its receipt {held.Receipt} " +
                   $"[{string.Join(", ", amounts)}]",
            .. from line in facts.HeldReceipts.GroupBy(held => (held.Import, held.Line))
               where line.Count() > 1
               select $"line {line.Key.Line} of {line.Key.Import} is {line.Count()} receipts",
            .. from receipt in facts.HeldReceipts.Where(held => held.Receipt is not null).GroupBy(held => held.Receipt)
               where receipt.Count() > 1
               select $"receipt {receipt.Key} is that of {receipt.Count()} lines",
        ]);
    }

    /// <summary>
    /// Nothing but that it came in, and waits, is known of a receipt before its file is armed, once. Money that
    /// somebody enters, too, is known by that: entered before its line came it is only cleared by the line, and acts
    /// as it did; entered after it, whose it is was said.
    /// </summary>
    public static Verdict ActOnceArmed(SystemFacts facts)
    {
        var events = facts.Log.Where(e => e.Service == "cash-application").ToLookup(e => (Guid?)e.Stream);
        var withFiles = facts.HeldReceipts.Where(held => !WasEntered(events[held.Receipt], events[held.Import]))
            .ToList();
        return new Verdict(withFiles.Count(held => held.Armed is not null),
        [
            .. from held in withFiles
               let types = events[held.Receipt].Select(e => e.Type).ToHashSet()
               from e in events[held.Receipt]
               where (held.Armed is not { } armed || e.Sequence < armed) && !Waits(e.Type, types)
               select $"receipt {held.Receipt} has {e.Type} at {e.Sequence}, its file was armed at {held.Armed}",
            .. from file in facts.HeldReceipts.Where(held => held.TimesArmed > 1).Select(held => held.Import).Distinct()
               select $"file {file} was armed more than once",
        ]);
    }

    /// <summary>A receipt that came in otherwise, before the request that has booked the file.</summary>
    private static bool WasEntered(IEnumerable<LogEntry> ofReceipt, IEnumerable<LogEntry> ofFile)
    {
        var booked = ofFile.Where(e => e.Type is "statement_file_imported" or "statement_lines_booked").ToList();
        return ofReceipt.Any(e => e.Type == "receipt_recorded"
            && booked.All(file => e.Sequence < file.Sequence && e.Correlation != file.Correlation));
    }

    private static bool Waits(string type, HashSet<string> ofReceipt) =>
        type is "receipt_recorded" or "receipt_set_aside" or "receipt_announced"
        || (type == "receipt_identified" && ofReceipt.Contains("receipt_announced"));
}
