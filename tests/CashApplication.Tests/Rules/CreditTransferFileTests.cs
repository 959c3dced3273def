using System.Xml.Linq;
using OrderToCash.CashApplication.Payouts;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>CASH-20: whatever a payment file pays, it is valid by the definition of its message.</summary>
public sealed class A_payment_file
{
    private const string Iban = "DE89370400440532013000";

    private const StringComparison Exactly = StringComparison.Ordinal;

    private static readonly XNamespace Names = CreditTransferFile.Namespace;

    [Theory]
    [InlineData("EUR", Iban, null, "COBADEFFXXX", "SLEV")]
    [InlineData("EUR", Iban, null, "C0BADE2H", "SLEV")]
    [InlineData("USD", null, "000123456789", "021000021", "SHAR")]
    [InlineData("USD", null, "000123456789", null, "SHAR")]
    [InlineData("GBP", null, "12345678", "200000", "SHAR")]
    public void is_valid_by_its_schema(string currency, string? iban, string? number, string? bank, string bearer)
    {
        var file = Write(
            currency, new OrderingAccount("MAIN", "1000", iban, number, bank),
            new Payee("Globex Corporation", Iban),
            new Payee(new string('x', 140), AccountNumber: "0001234", Bic: "CHASUS33"),
            new Payee("Łódź & Søn \"Ñandú\" <株式会社>", AccountNumber: "55501", ClearingCode: "021000021"));
        if (iban is not null)
            file = Write(currency, new OrderingAccount("MAIN", "1000", iban, number, bank), new Payee("Globex", Iban));

        CreditTransferSchema.Check(file).ShouldBeEmpty();
        XDocument.Parse(file).Descendants(Names + "ChrgBr").Single().Value.ShouldBe(bearer);
    }

    [Fact]
    public void names_the_clearing_whose_member_a_bank_is()
    {
        var file = XDocument.Parse(Write(
            "USD", new OrderingAccount("MAIN", "1000", null, "000123456789", "021000021"),
            new Payee("Globex", AccountNumber: "55501", ClearingCode: "011401533"),
            new Payee("Initech", AccountNumber: "55502", ClearingCode: "X1")));
        var members = file.Descendants(Names + "ClrSysMmbId").ToArray();
        members.Select(one => one.Element(Names + "MmbId")!.Value).ShouldBe(["021000021", "011401533", "X1"]);
        members.Select(one => one.Element(Names + "ClrSysId")?.Element(Names + "Cd")?.Value)
            .ShouldBe(["USABA", "USABA", null]);
    }

    /// <summary>Its end is often what tells it from others.</summary>
    [Theory]
    [InlineData(116)]
    [InlineData(140)]
    public void tells_the_payee_the_whole_reference(int length)
    {
        var reference = new string('0', length - 1) + "7";
        var order = new PaymentOrder(
            Ids.From("test-refund", "1"), null, "CM-US01-2026-00001", Money.Of(1m, "EUR"), new Payee("Globex", Iban),
            reference);
        var file = CreditTransferFile.Write(Ids.From("test", "file"), new PaymentFileCreated(
            "US01", "Acme Inc.", new OrderingAccount("MAIN", "1000", Iban, null, "COBADEFF"), order.Amount,
            new DateOnly(2026, 11, 23), new DateTimeOffset(2026, 11, 23, 18, 0, 0, TimeSpan.Zero), [order]));
        CreditTransferSchema.Check(file).ShouldBeEmpty();
        XDocument.Parse(file).Descendants(Names + "Ustrd").Single().Value.ShouldEndWith(reference);
    }

    /// <summary>What is no BIC is not written as one, whatever its length.</summary>
    [Theory]
    [InlineData("CHASUS33", true)]
    [InlineData("CHASUS33XXX", true)]
    [InlineData("CHASUS3-", false)]
    [InlineData("CHASUS33xxx", false)]
    [InlineData("12345678", false)]
    public void tells_a_bic_from_other_codes(string code, bool isBic)
    {
        var file = Write("USD", new OrderingAccount("MAIN", "1000", null, "1", code), new Payee("Globex", Iban));
        CreditTransferSchema.Check(file).ShouldBeEmpty();
        XDocument.Parse(file).Descendants(Names + "BICFI").Any().ShouldBe(isBic);
    }

    [Fact]
    public void that_is_out_of_order_or_too_long_is_refused_by_the_schema()
    {
        var file = Write("EUR", new OrderingAccount("MAIN", "1000", Iban, null, "COBADEFF"), new Payee("Globex", Iban));
        CreditTransferSchema.Check(file.Replace("<Nm>Globex</Nm>", $"<Nm>{new string('x', 141)}</Nm>", Exactly))
            .ShouldNotBeEmpty();
        CreditTransferSchema.Check(file.Replace("COBADEFF", "COBA-DEF", Exactly)).ShouldNotBeEmpty();
        CreditTransferSchema.Check(file.Replace("<PmtMtd>TRF</PmtMtd>", "", Exactly)).ShouldNotBeEmpty();
    }

    private static string Write(string currency, OrderingAccount account, params Payee[] payees)
    {
        var orders = payees.Select((payee, index) => new PaymentOrder(
            Ids.From("test-refund", $"{index}"), Ids.From("test-receipt", $"{index}"), $"RCT-US01-2026-00000{index}",
            Money.Of(1_234.56m + index, currency), payee)).ToArray();
        return CreditTransferFile.Write(Ids.From("test", "file"), new PaymentFileCreated(
            "US01", "Acme Inc.", account, Money.Sum(orders.Select(order => order.Amount), Currency.Of(currency)),
            new DateOnly(2026, 11, 30), new DateTimeOffset(2026, 11, 29, 8, 0, 0, TimeSpan.Zero), orders));
    }
}
