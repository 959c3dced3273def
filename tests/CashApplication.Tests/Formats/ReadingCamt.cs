using System.Text;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>What is taken from a message, element by element, and what is refused with line and place.</summary>
public sealed class ReadingCamt
{
    [Fact]
    public void A_statement_says_whose_it_is_and_what_it_opens_and_closes_with()
    {
        var statement = CamtSample.ReadOne(
            $"""
            <Stmt><Id>S-1</Id><ElctrncSeqNb>12</ElctrncSeqNb><LglSeqNb>3</LglSeqNb>
            <CreDtTm>2026-03-02T23:30:00-05:00</CreDtTm>
            <FrToDt><FrDtTm>2026-03-01T00:00:00</FrDtTm><ToDtTm>2026-03-02T23:59:59</ToDtTm></FrToDt>
            <Acct><Id><IBAN>DE89 3704 0044 0532 0130 00</IBAN></Id><Ccy>EUR</Ccy>
            <Svcr><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></Svcr></Acct>
            {CamtSample.Balance("OPBD", "10.00", "2026-03-01", side: "DBIT")}
            {CamtSample.Balance("CLAV", "99.00")}
            {CamtSample.Balance("CLBD", "5", "2026-03-02")}
            </Stmt>
            """);

        statement.AccountIdentification.ShouldBe("DE89370400440532013000");
        statement.AccountCurrency.ShouldBe(Currency.Of("EUR"));
        statement.BankBic.ShouldBe("COBADEFFXXX");
        statement.SequenceNumber.ShouldBe("12");
        statement.CreatedOn.ShouldBe(new DateOnly(2026, 3, 2));
        statement.From.ShouldBe(new DateOnly(2026, 3, 1));
        statement.To.ShouldBe(new DateOnly(2026, 3, 2));
        statement.Opening!.Amount.ShouldBe(Money.Of(-10m, "EUR"));
        statement.Closing!.Amount.ShouldBe(Money.Of(5m, "EUR"));
        statement.LastDay.ShouldBe(new DateOnly(2026, 3, 2));
    }

    [Fact]
    public void An_entry_says_what_moved_and_when()
    {
        var entry = CamtSample.ReadEntry(CamtSample.Entry("12.5", "DBIT",
            """
            <RvslInd>true</RvslInd><NtryRef>7</NtryRef><AcctSvcrRef>BANK-1</AcctSvcrRef>
            <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>
            <Prtry><Cd>166</Cd><Issr>DK</Issr></Prtry></BkTxCd>
            <Chrgs><Rcrd><Amt Ccy="EUR">0.50</Amt><Br>SHAR</Br></Rcrd>
            <Rcrd><Amt Ccy="EUR">0.20</Amt><CdtDbtInd>CRDT</CdtDbtInd></Rcrd></Chrgs>
            <NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch></NtryDtls><AddtlNtryInf>Return</AddtlNtryInf>
            """));

        entry.Amount.ShouldBe(Money.Of(12.50m, "EUR"));
        entry.SignedAmount.ShouldBe(Money.Of(-12.50m, "EUR"));
        entry.IsReversal.ShouldBeTrue();
        entry.Status.ShouldBe(EntryStatus.Booked);
        entry.BookingDate.ShouldBe(new DateOnly(2026, 3, 2));
        entry.ValueDate.ShouldBe(new DateOnly(2026, 3, 1));
        (entry.EntryReference, entry.BankReference).ShouldBe(("7", "BANK-1"));
        entry.TransactionCode.ShouldBe(new BankTransactionCode("PMNT", "RCDT", "ESCT", "166", "DK"));
        entry.Charges.ShouldBe([Money.Of(0.50m, "EUR"), Money.Of(-0.20m, "EUR")]);
        entry.ChargeBearer.ShouldBeNull("the second record does not tell it");
        entry.BatchCount.ShouldBe(3);
        entry.AdditionalInformation.ShouldBe("Return");
        entry.Line.ShouldBe(6);
    }

    [Fact]
    public void A_payment_says_who_paid_what_for_which_documents()
    {
        var details = CamtSample.ReadEntry(CamtSample.Entry("98", more: CamtSample.Details(
            """
            <Refs><AcctSvcrRef>B-2</AcctSvcrRef><EndToEndId>E-1</EndToEndId><TxId>T-1</TxId><MndtId>D-1</MndtId>
            <ChqNb>4711</ChqNb></Refs>
            <Amt Ccy="EUR">98.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
            <AmtDtls><InstdAmt><Amt Ccy="USD">110.00</Amt></InstdAmt></AmtDtls>
            <RltdPties><Dbtr><Pty><Nm>Acme GmbH</Nm></Pty></Dbtr>
            <DbtrAcct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></DbtrAcct><UltmtDbtr><Pty><Nm>Acme Holding</Nm></Pty></UltmtDbtr>
            <Cdtr><Agt><FinInstnId><Nm>Our Bank</Nm></FinInstnId></Agt></Cdtr></RltdPties>
            <RltdAgts><DbtrAgt><FinInstnId><BICFI>AGRIFRPP</BICFI></FinInstnId></DbtrAgt></RltdAgts>
            <RmtInf><Ustrd>INV-US01-2026-000001</Ustrd><Ustrd> less 2% </Ustrd>
            <Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>INV-1</Nb></RfrdDocInf>
            <RfrdDocAmt><DuePyblAmt Ccy="EUR">100.00</DuePyblAmt>
            <DscntApldAmt><Amt Ccy="EUR">1.50</Amt></DscntApldAmt><DscntApldAmt><Amt Ccy="EUR">0.50</Amt></DscntApldAmt>
            <RmtdAmt Ccy="EUR">98.00</RmtdAmt></RfrdDocAmt>
            <CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>ISO</Issr></Tp><Ref>RF18 5390 0754 7034</Ref>
            </CdtrRefInf><AddtlRmtInf>thank you</AddtlRmtInf></Strd></RmtInf>
            <RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf><AddtlTxInf>more</AddtlTxInf>
            """))).Details.ShouldHaveSingleItem();

        (details.EndToEndId, details.TransactionId, details.MandateId).ShouldBe(("E-1", "T-1", "D-1"));
        (details.BankReference, details.CheckNumber).ShouldBe(("B-2", "4711"));
        details.Amount.ShouldBe(Money.Of(98m, "EUR"));
        details.InstructedAmount.ShouldBe(Money.Of(110m, "USD"));
        details.Debtor.ShouldBe(
            new TransactionParty("Acme GmbH", "FR7630006000011234567890189", "AGRIFRPP", "Acme Holding"));
        details.Creditor.Name.ShouldBe("Our Bank");
        details.UnstructuredRemittance.ShouldBe(["INV-US01-2026-000001", "less 2%"]);
        var remittance = details.StructuredRemittance.ShouldHaveSingleItem();
        remittance.Documents.ShouldBe([new ReferredDocument("CINV", "INV-1")]);
        remittance.DueAmount.ShouldBe(Money.Of(100m, "EUR"));
        remittance.DiscountTaken.ShouldBe(Money.Of(2m, "EUR"));
        remittance.RemittedAmount.ShouldBe(Money.Of(98m, "EUR"));
        remittance.CreditorReference.ShouldBe(
            new PaymentReference("RF18539007547034", ReferenceScheme.Iso11649, "SCOR", "ISO"));
        remittance.AdditionalInformation.ShouldBe(["thank you"]);
        details.ReturnReason.ShouldBe("AC04");
        details.AdditionalInformation.ShouldBe("more");
    }

    [Fact]
    public void A_reference_that_was_not_provided_is_none() =>
        CamtSample.ReadEntry(CamtSample.Entry("1", more: CamtSample.Details(
                "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>")))
            .Details.ShouldHaveSingleItem().EndToEndId.ShouldBeNull();

    [Fact]
    public void The_amount_of_an_older_payment_stands_in_its_amount_details() =>
        CamtSample.ReadEntry(CamtSample.Entry("1", more: CamtSample.Details(
                "<AmtDtls><TxAmt><Amt Ccy=\"EUR\">1.00</Amt></TxAmt></AmtDtls>")))
            .Details.ShouldHaveSingleItem().Amount.ShouldBe(Money.Of(1m, "EUR"));

    [Theory]
    [InlineData("BOOK", EntryStatus.Booked)]
    [InlineData("PDNG", EntryStatus.Pending)]
    [InlineData("FUTR", EntryStatus.Pending)]
    [InlineData("INFO", EntryStatus.Information)]
    public void The_status_says_how_final_an_entry_is(string code, EntryStatus status) =>
        CamtSample.ReadEntry(CamtSample.Entry("1", status: code)).Status.ShouldBe(status);

    [Fact]
    public void A_page_opens_and_closes_with_interim_balances()
    {
        var second = CamtSample.ReadOne(CamtSample.Statement("", null,
            more: CamtSample.Balance("ITBD", "5.00") + CamtSample.Balance("ITBD", "7.00")));

        second.Opening!.Amount.ShouldBe(Money.Of(5m, "EUR"));
        second.Closing!.Amount.ShouldBe(Money.Of(7m, "EUR"));
    }

    [Fact]
    public void Elements_of_another_namespace_and_unknown_ones_are_passed_over() =>
        CamtSample.ReadEntry(CamtSample.Entry("1", more:
                """
                <x:Amt xmlns:x="urn:other" Ccy="EUR">999</x:Amt>
                <SplmtryData><Envlp><Amt Ccy="EUR">999</Amt></Envlp></SplmtryData>
                """))
            .Amount.ShouldBe(Money.Of(1m, "EUR"));

    [Theory]
    [InlineData("utf-16")]
    [InlineData("iso-8859-1")]
    [InlineData("windows-1252")]
    public void Declared_encodings_are_obeyed(string name)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        var document = CamtSample
            .Document(CamtSample.Statement(CamtSample.Entry("1", more: "<AddtlNtryInf>Müller</AddtlNtryInf>")))
            .Replace("UTF-8", name, StringComparison.Ordinal);
        using var stream = new MemoryStream([.. encoding.GetPreamble(), .. encoding.GetBytes(document)]);

        CamtReader.Read(stream).Statements[0].Entries[0].AdditionalInformation.ShouldBe("Müller");
    }

    [Fact]
    public void Entries_are_streamed_and_the_next_statement_is_reached_without_them()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(CamtSample.Document(
            CamtSample.Statement(CamtSample.Entry("1") + CamtSample.Entry("2"))
            + CamtSample.Statement(CamtSample.Entry("3"), id: "S-2"))));
        using var reader = CamtReader.Open(stream);

        reader.NextEntry().ShouldBeNull();
        reader.NextStatement()!.StatementId.ShouldBe("S-1");
        reader.MessageId.ShouldBe("M-1");
        reader.NextEntry()!.Amount.Amount.ShouldBe(1m);
        reader.NextStatement()!.StatementId.ShouldBe("S-2");
        reader.NextEntry()!.Amount.Amount.ShouldBe(3m);
        reader.NextEntry().ShouldBeNull();
        reader.NextStatement().ShouldBeNull();
        reader.NextStatement().ShouldBeNull();
    }

    [Theory]
    [InlineData("12..34", StatementRefusals.AmountUnreadable)]
    [InlineData("", StatementRefusals.AmountUnreadable)]
    [InlineData("1,00", StatementRefusals.AmountUnreadable)]
    [InlineData("1e3", StatementRefusals.AmountUnreadable)]
    [InlineData("-1.00", StatementRefusals.AmountUnreadable)]
    [InlineData("1000000000000000", StatementRefusals.AmountUnreadable)]
    [InlineData("0.0000000000000000000000000000000001", StatementRefusals.AmountUnreadable)]
    [InlineData("1.005", StatementRefusals.AmountOverPrecise)]
    public void An_amount_that_is_not_one_is_refused_at_its_place(string amount, string code)
    {
        var refusal = CamtSample.Refused(CamtSample.Document(
            CamtSample.Statement(CamtSample.Entry("1") + CamtSample.Entry(amount))));

        (refusal.Code, refusal.Element, refusal.Line).ShouldBe((code, "Stmt[1]/Ntry[2]/Amt", 7));
        refusal.ToString().ShouldStartWith("Line 7, Stmt[1]/Ntry[2]/Amt: ");
    }

    [Theory]
    [InlineData("1.000", "EUR", "1.00")]
    [InlineData("5442.09000", "EUR", "5442.09")]
    [InlineData("12", "JPY", "12")]
    [InlineData("1.234", "BHD", "1.234")]
    public void Zeros_behind_the_minor_unit_are_no_precision(string amount, string currency, string read) =>
        CamtSample.ReadEntry(CamtSample.Entry(amount, currency: currency)).Amount.ToString()
            .ShouldBe($"{read} {currency}");

    [Theory]
    [InlineData("<CdtDbtInd>CRDT</CdtDbtInd>", "<CdtDbtInd>BOTH</CdtDbtInd>", StatementRefusals.ValueUnreadable)]
    [InlineData("<CdtDbtInd>CRDT</CdtDbtInd>", "", StatementRefusals.ElementMissing)]
    [InlineData("<Amt Ccy=\"EUR\">1</Amt>", "", StatementRefusals.ElementMissing)]
    [InlineData("<Amt Ccy=\"EUR\">1</Amt>", "<Amt>1</Amt>", StatementRefusals.CurrencyUnknown)]
    [InlineData("<Amt Ccy=\"EUR\">1</Amt>", "<Amt Ccy=\"EU\">1</Amt>", StatementRefusals.CurrencyUnknown)]
    [InlineData("<Amt Ccy=\"EUR\">1</Amt>", "<Amt Ccy=\"EUR\"><b>1</b></Amt>", StatementRefusals.ElementMisplaced)]
    [InlineData("<Cd>BOOK</Cd>", "<Cd>MAYBE</Cd>", StatementRefusals.ValueUnreadable)]
    [InlineData("<Cd>BOOK</Cd>", "<Prtry>OWN</Prtry>", StatementRefusals.ElementMisplaced)]
    [InlineData("<Dt>2026-03-01</Dt>", "<Dt>2026-02-30</Dt>", StatementRefusals.ValueUnreadable)]
    [InlineData("<Dt>2026-03-01</Dt>", "<Dt>01.03.2026</Dt>", StatementRefusals.ValueUnreadable)]
    [InlineData("</Ntry>", "<Amt Ccy=\"EUR\">2</Amt></Ntry>", StatementRefusals.ElementMisplaced)]
    [InlineData("</Ntry>", "<RvslInd>yes</RvslInd></Ntry>", StatementRefusals.ValueUnreadable)]
    [InlineData("</Ntry>", "</Ntry><Bal/>", StatementRefusals.ElementMisplaced)]
    [InlineData("<Id>S-1</Id>", "", StatementRefusals.ElementMissing)]
    [InlineData("<Id><IBAN>DE89370400440532013000</IBAN></Id>", "", StatementRefusals.ElementMissing)]
    [InlineData("BkToCstmrStmt>", "BkToCstmrAcctRpt>", StatementRefusals.UnsupportedStatementType)]
    [InlineData("camt.053.001.08", "pain.001.001.09", StatementRefusals.UnsupportedStatementType)]
    [InlineData("camt.053.001.08", "camt.053.001.8", StatementRefusals.UnsupportedStatementType)]
    [InlineData("</BkToCstmrStmt>", "</BkToCstmrStmt><BkToCstmrStmt/>", StatementRefusals.ElementMisplaced)]
    [InlineData("</Stmt>", "", StatementRefusals.NotWellFormed)]
    public void A_file_with_one_thing_wrong_is_refused_whole(string right, string wrong, string code)
    {
        var document = CamtSample.Document(CamtSample.Statement(CamtSample.Entry("1")));
        document.ShouldContain(right);

        CamtSample.Refused(document.Replace(right, wrong, StringComparison.Ordinal)).Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("{}")]
    [InlineData(":20:STARTUMS")]
    [InlineData("<html/>")]
    [InlineData("<Document/>")]
    public void What_is_no_statement_at_all_is_refused(string content) =>
        CamtSample.Refused(content).Code.ShouldBeOneOf(StatementRefusals.NotWellFormed,
            StatementRefusals.UnsupportedStatementType, StatementRefusals.NoStatement);
}
