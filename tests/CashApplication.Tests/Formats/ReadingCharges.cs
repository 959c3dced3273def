using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>What banks kept of a payment is read off what they tell of its charges, or nothing is.</summary>
public sealed class Charges_that_were_kept
{
    private const string Instructed = "<AmtDtls><InstdAmt><Amt Ccy=\"EUR\">1000</Amt></InstdAmt></AmtDtls>";

    private const string Gross = "<Amt Ccy=\"EUR\">1000</Amt>";

    private const string Net = "<Amt Ccy=\"EUR\">985</Amt>";

    /// <summary>Older versions repeat the element for each charge, and the total of all in each.</summary>
    [Theory]
    [InlineData("10;15", "5;15", 15)]
    [InlineData("10;10", "5;5", 15)]
    [InlineData("10", "5", 15)]
    [InlineData("10;15", "5", 15)]
    [InlineData("10;16", "5;16", null)]
    public void are_counted_once_where_each_tells_the_total(string first, string second, int? kept) =>
        Kept(Gross + Element(first) + Element(second)).ShouldBe(Charges(kept));

    [Fact]
    public void are_the_total_alone_and_nothing_where_records_and_total_contradict()
    {
        Kept("<Chrgs><TtlChrgsAndTaxAmt Ccy=\"EUR\">15</TtlChrgsAndTaxAmt></Chrgs>").ShouldBe(Charges(15));
        Kept("<Chrgs><TtlChrgsAndTaxAmt Ccy=\"EUR\">5</TtlChrgsAndTaxAmt>" +
            Record("5", more: "<CdtDbtInd>CRDT</CdtDbtInd>") + "</Chrgs>").ShouldBeNull();
    }

    [Theory]
    [InlineData(Instructed, 15)]
    [InlineData(Gross, 15)]
    [InlineData("", 15)]
    [InlineData(Net, null)]
    [InlineData("<AmtDtls><InstdAmt><Amt Ccy=\"EUR\">985</Amt></InstdAmt></AmtDtls>", null)]
    [InlineData(Net + Instructed, 15)]
    [InlineData("<AmtDtls><InstdAmt><Amt Ccy=\"USD\">985</Amt></InstdAmt></AmtDtls>", 15)]
    public void are_the_difference_of_what_was_sent_and_what_came(string amounts, int? kept) =>
        Kept($"{amounts}<Chrgs>{Record("15")}</Chrgs>").ShouldBe(Charges(kept));

    /// <summary>What is debited by itself is a fee of its own line.</summary>
    [Fact]
    public void are_not_what_is_debited_by_itself()
    {
        Kept($"<Chrgs>{Record("15", more: "<ChrgInclInd>false</ChrgInclInd>")}</Chrgs>").ShouldBeNull();
        Kept($"{Gross}<Chrgs>{Record("15", more: "<ChrgInclInd>true</ChrgInclInd>")}" +
            $"{Record("7", more: "<ChrgInclInd>false</ChrgInclInd>")}</Chrgs>").ShouldBe(Charges(15));
    }

    [Theory]
    [InlineData("DEBT", "DEBT", ChargeBearer.Payer)]
    [InlineData("CRED", "DEBT", ChargeBearer.Untold)]
    [InlineData("DEBT", null, ChargeBearer.Untold)]
    public void are_borne_by_whom_all_of_them_name(string first, string? second, ChargeBearer bearer) =>
        Kept($"<Chrgs>{Record("2", first)}{Record("13", second)}</Chrgs>")
            .ShouldBe(new BankCharges(Money.Of(15m, "EUR"), bearer));

    /// <summary>
    /// What is read of charges otherwise by now does not make a pending entry another: of an element with a total the
    /// release before kept the total, of others the records.
    /// </summary>
    [Theory]
    [InlineData("3;2", 5, new[] { 5 })]
    [InlineData("3;2", null, new[] { 3, 2 })]
    [InlineData("3", 7, new[] { 7 })]
    public void are_the_same_to_every_release_in_what_tells_a_pending_entry(string records, int? total, int[] before)
    {
        var sum = total is null ? "" : $"<TtlChrgsAndTaxAmt Ccy=\"EUR\">{total}</TtlChrgsAndTaxAmt>";
        var charges = $"<Chrgs>{sum}{string.Concat(records.Split(';').Select(amount => Record(amount)))}</Chrgs>";
        var entry = CamtSample.ReadEntry(
            CamtSample.Entry("985", status: "PDNG", more: charges + CamtSample.Details(charges + charges)));
        Money[] kept = [.. before.Select(amount => Money.Of(amount, "EUR"))];
        entry.KeyCharges.ShouldBe(kept);
        entry.Details[0].KeyCharges.ShouldBe([.. kept, .. kept]);
        Pending(entry).ShouldBe(Pending(entry with
        {
            Charges = kept,
            Details = [entry.Details[0] with { Charges = [.. kept, .. kept] }],
        }));
    }

    /// <summary>What the entry is pending as.</summary>
    private static Guid Pending(StatementEntry entry)
    {
        var zero = Money.Zero(Currency.Of("EUR"));
        var header = CamtSample.ReadOne(CamtSample.Statement(""));
        var booked = new BookedStatement(
            "EUR-1", "DE89370400440532013000", "S-1", null, "hash", "EUR", null, null, null, null, zero, zero,
            IsRepeated: false, []);
        var maker = new LineMaker(
            Guid.Empty, booked, header,
            new LineHistory((_, _, _) => Task.FromResult<IReadOnlyDictionary<string, int>>(
                new Dictionary<string, int>())).Begin("EUR-1"),
            new DateOnly(2026, 3, 2));
        using var fingerprint = new StatementFingerprint(header);
        return maker.Make(entry, fingerprint.Add(entry)).Pending.ShouldHaveSingleItem().ReceiptId;
    }

    private static BankCharges? Charges(int? kept) =>
        kept is { } amount ? new BankCharges(Money.Of(amount, "EUR"), ChargeBearer.Untold) : null;

    /// <summary>Of a payment of which 985.00 came.</summary>
    private static BankCharges? Kept(string details)
    {
        var entry = CamtSample.ReadEntry(CamtSample.Entry("985", more: CamtSample.Details(details)));
        var day = new DateOnly(2026, 3, 2);
        return EntryReceipts.Of(entry, "EUR-1", "key", day, new ReceiptSource(Guid.Empty, "S-1", 1, 0, day))
            .ShouldHaveSingleItem().Charges;
    }

    /// <summary>One charge, and behind a semicolon the total that stands beside it.</summary>
    private static string Element(string told) => told.Split(';') is [var charge, var total]
        ? $"<Chrgs><TtlChrgsAndTaxAmt Ccy=\"EUR\">{total}</TtlChrgsAndTaxAmt><Amt Ccy=\"EUR\">{charge}</Amt></Chrgs>"
        : $"<Chrgs><Amt Ccy=\"EUR\">{told}</Amt></Chrgs>";

    private static string Record(string amount, string? bearer = null, string more = "") =>
        $"<Rcrd><Amt Ccy=\"EUR\">{amount}</Amt>{more}{(bearer is null ? "" : $"<Br>{bearer}</Br>")}</Rcrd>";
}
