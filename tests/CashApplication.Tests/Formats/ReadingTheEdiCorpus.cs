using System.Globalization;
using System.Text;
using System.Text.Json;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Statements.Formats.X12;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.CashApplication.UseCases;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>
/// X12 820 becomes remittance advice, 823 checks of a lockbox; invoices and other interchanges are neither.
/// </summary>
public sealed class ReadingTheEdiCorpus
{
    public static TheoryData<string> Files => Corpus.Files("edi");

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_reads_as_counted_or_is_no_payment(string file)
    {
        if (Corpus.IsMissing(file))
            return;
        var content = Corpus.Bytes(file);
        if (!file.Contains("820", StringComparison.Ordinal))
        {
            StatementFormats.Detect(content).ShouldBeNull();
            return;
        }

        StatementFormats.Detect(content).ShouldBe(StatementFormat.X12Remittance);
        var truth = Corpus.Truth(file).GetProperty("transactions")[0];
        if (!truth.GetProperty("se_count_ok").GetBoolean())
        {
            var refused = Should.Throw<StatementRefused>(() => Read(content)).Refusal;
            (refused.Code, refused.Line, refused.Element)
                .ShouldBe((StatementRefusals.SummaryDiffers, 1, "segment 21 (SE)"));
            return;
        }

        var advice = Read(content).ShouldHaveSingleItem();
        advice.Amount.Amount.ShouldBe(
            decimal.Parse(truth.GetProperty("BPR")[0].GetString()!, CultureInfo.InvariantCulture));
        advice.PaymentReference.ShouldBe(truth.GetProperty("TRN")[0].GetString());
        advice.Lines.Select(line => (line.DocumentType, line.DocumentNumber, line.Paid!.Value.Amount)).ShouldBe(
            truth.GetProperty("RMR").EnumerateArray().Select(line => (
                line.GetProperty("qual").GetString(), line.GetProperty("ref").GetString()!,
                decimal.Parse(line.GetProperty("paid").GetString()!, CultureInfo.InvariantCulture))));
        advice.Explained.Amount.ShouldBe(truth.Number("sum_RMR_paid"));
        advice.Lines.SelectMany(line => line.Adjustments).Concat(advice.Adjustments).Sum(one => one.Amount.Amount)
            .ShouldBe(truth.Number("sum_ADX"));
    }

    [Fact]
    public void An_advice_tells_parties_days_and_why_less_is_paid()
    {
        var advice = Read(Encoding.ASCII.GetBytes(
            "ISA*00*          *00*          *ZZ*PAYER          *ZZ*US01           *261102*0800*" +
            "U*00401*000000007*0*P*>~" +
            "GS*RA*PAYER*US01*20261102*0800*7*X*004010~ST*820*0001~" +
            "BPR*C*970.00*C*ACH*CTX*01*021000021*DA*123456*1555000111**01*021000089*DA*987654*20261103~" +
            "TRN*1*TRACE-77~CUR*PR*USD~N1*PR*Globex Corporation*91*CUST-US01-000001~N1*PE*Acme Inc.~ENT*1~" +
            "RMR*IV*INV-US01-2026-000001**500.00*510.00*10.00~REF*PO*PO-9~" +
            "RMR*IV*INV-US01-2026-000002**470.00*500.00~ADX*-30.00*06*CM*DAMAGED~" +
            "SE*12*0001~GE*1*7~IEA*1*000000007~")).ShouldHaveSingleItem();
        advice.Method.ShouldBe("ach");
        advice.PaymentDate.ShouldBe(new DateOnly(2026, 11, 3));
        advice.Payer.ShouldBe(new RemittanceParty("Globex Corporation", "CUST-US01-000001", "123456", "021000021"));
        advice.Payee.Account.ShouldBe("987654");
        advice.Lines[0].Discount!.Value.Amount.ShouldBe(10m);
        advice.Lines[0].Note.ShouldBe("PO PO-9");
        advice.Lines[1].Adjustments.ShouldHaveSingleItem()
            .ShouldBe(new RemittanceAdjustment(Kernel.Money.Of(-30m, "USD"), "06", "DAMAGED"));
        advice.Explained.ShouldBe(advice.Amount);
    }

    [Fact]
    public void A_lockbox_823_yields_each_check_with_its_documents_and_its_totals_must_hold()
    {
        var read = Corpus.Read(BankFiles.X12Lockbox("987654", "300.00"));
        var statement = read.Statements.ShouldHaveSingleItem();
        (statement.Kind, statement.AccountIdentification).ShouldBe((StatementKind.Collection, "987654"));
        statement.Entries
            .Select(entry => (entry.Amount.Amount, entry.Details[0].CheckNumber, entry.Details[0].Debtor.Name))
            .ShouldBe([(100m, "1001", "Globex"), (200m, "1002", "Initech")]);
        statement.Entries[1].Details[0].StructuredRemittance
            .Select(block => (block.Documents[0].Number, block.RemittedAmount!.Value.Amount))
            .ShouldBe([("INV-2", 150m), ("INV-3", 50m)]);
        var refusal = Should.Throw<StatementRefused>(
            () => Corpus.Read(BankFiles.X12Lockbox("987654", "301.00"))).Refusal;
        refusal.Code.ShouldBe(StatementRefusals.SummaryDiffers);
        refusal.Detail.ShouldContain("batch is stated to be 301.00");
    }

    /// <summary>
    /// The payer's bank is read, and is no part of what tells one check or advice from another: what releases took in
    /// that did not read it is not taken in again.
    /// </summary>
    [Fact]
    public void The_payers_bank_is_told_and_changes_no_fingerprint()
    {
        var statement = Corpus.Read(BankFiles.X12Lockbox("987654", "300.00")).Statements.ShouldHaveSingleItem();
        var check = statement.Entries[0];
        var (payer, details) = (check.Details[0].Debtor, check.Details[0]);
        (payer.Account, payer.RoutingNumber).ShouldBe(("555", "111000025"));
        statement.Entries[1].Details[0].Debtor.RoutingNumber.ShouldBeNull();
        var before = check with { Details = [details with { Debtor = payer with { RoutingNumber = null } }] };
        using var now = new StatementFingerprint(statement);
        using var then = new StatementFingerprint(statement);
        now.Add(check).ShouldBe(then.Add(before));
        JsonSerializer.Serialize(check).ShouldBe(JsonSerializer.Serialize(before));

        var advice = new RemittanceReceived(
            "US01", "x12.820", "TRACE-77", "ach", Kernel.Money.Of(10m, "USD"), null,
            new RemittanceParty("Globex", null, "123456", "021000021"), null, [], [], "");
        RemittanceIntake.HashOf(advice).ShouldBe(RemittanceIntake.HashOf(advice with
        {
            Payer = advice.Payer with { Bank = null },
        }));
    }

    private static IReadOnlyList<RemittanceAdvice> Read(byte[] content)
    {
        using var stream = new MemoryStream(content);
        return X12RemittanceReader.Read(stream);
    }
}
