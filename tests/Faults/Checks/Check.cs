using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Checks;

/// <summary>What a check saw.</summary>
/// <param name="Examined">How many things it looked at; nothing examined proves nothing.</param>
/// <param name="Findings">What does not hold, in words.</param>
public sealed record Verdict(long Examined, IReadOnlyList<string> Findings);

/// <summary>A rule that holds after anything may have happened.</summary>
/// <param name="Name">The rule.</param>
/// <param name="Judge">Looks at the facts, at nothing else.</param>
public sealed record Check(string Name, Func<SystemFacts, Verdict> Judge)
{
    /// <summary>All rules, in the order in which they are printed.</summary>
    public static readonly IReadOnlyList<Check> All =
    [
        new("the system came to rest", Rest.CameToRest),
        new("every accepted request has its events, exactly once", Answers.AcceptedHasItsEvents),
        new("every refused request has none", Answers.RefusedHasNone),
        new("nothing happened that nobody asked for", Answers.NothingUnasked),
        new("the same key gives the same answer", Answers.SameKeySameAnswer),
        new("no request was answered with 500", Answers.NoInternalError),
        new("streams have no holes", Rest.StreamsHaveNoHoles),
        new("relays are at the end of their logs", Rest.RelaysAreAtTheEnd),
        new("every event was published and handled by every queue", Rest.EverythingWasDelivered),
        new("error queues are empty or explained", Rest.ErrorQueuesAreExplained),
        new("receipts are conserved at every event (I-01)", Money.ReceiptsAreConserved),
        new("invoices are conserved at every event (I-02)", Money.InvoicesAreConserved),
        new("both sides of every allocation agree", Money.AllocationsAgree),
        new("open items = subledger = events", Money.OpenItemsAreTheirEvents),
        new("credit memos are conserved at every event", Adjustments.MemosAreConserved),
        new("both sides of every applied credit agree", Adjustments.AppliedCreditsAgree),
        new("what is corrected is credited whole and billed anew, once", Adjustments.CorrectionsArePairs),
        new(
            "credits taken off are applied with their payment or not at all", Adjustments.CreditsComeWithTheirPayment),
        new("every fee of a notice is charged once", Adjustments.FeesAreChargedOnce),
        new("what is given up is given up once", WriteOffs.GivenUpOnce),
        new("write-off runs deal with each rest once, as they say", WriteOffs.RunsDoWhatTheySay),
        new("the allowance has paid for what is given up of invoices", WriteOffs.GivenUpIsBooked),
        new("a promise is judged once, by what has come", Promises.AreJudgedOnce),
        new("what became of a promise is what the money makes of it", Promises.AreJudgedByTheMoney),
        new("nobody is written to under a hold", Promises.HoldsAreKept),
        new("installments of a plan sum to what it covers", Plans.SumToWhatTheyCover),
        new("due dates are moved once for each time a plan asks", Plans.AreAnsweredOnce),
        new("a held statement books each of its lines once", HeldStatements.AreBookedOnce),
        new("a held statement acts only once it is armed", HeldStatements.ActOnceArmed),
        new("every journal entry balances", Books.EntriesBalance),
        new("control accounts = open items, open credits and free cash", Books.ControlAccountsTie),
        new("numbers are gapless", Books.NumbersAreGapless),
        new("every copy equals its source, row by row", Copies.EqualTheirSources),
        new("exposure = due, delivered, reserved, credited and free, to the cent", CreditRisk.ExposureIsItsParts),
        new("no order was approved over its limit", CreditRisk.NoOrderOverItsLimit),
    ];
}
