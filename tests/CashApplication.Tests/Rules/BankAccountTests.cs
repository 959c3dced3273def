using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.TestKit;

namespace OrderToCash.CashApplication.Tests.Rules;

public sealed class Bank_accounts
{
    private static readonly DeciderSpec<BankAccount> Spec = new(BankAccount.Initial, BankAccount.Evolve);

    private static readonly BankAccountDefined Main =
        new("US01-MAIN", "US01", "USD", "DE89370400440532013000", null, null, "1000");

    private static readonly StatementBooked Statement =
        new("US01-MAIN", Guid.Empty, "STMT-1", null, "hash", null, null);

    [Fact]
    public void are_registered() => Spec.Given().When(account => BankAccountDecider.Define(account, Main)).Then(Main);

    [Fact]
    public void registered_again_alike_are_nothing_new() =>
        Spec.Given(Main).When(account => BankAccountDecider.Define(account, Main)).ThenNothing();

    [Fact]
    public void change_until_a_statement_is_booked() => Spec.Given(Main)
        .When(account => BankAccountDecider.Define(account, Main with { Currency = "EUR" }))
        .Then(Main with { Currency = "EUR" });

    [Fact]
    public void keep_what_they_are_once_a_statement_is_booked() => Spec.Given(Main, Statement)
        .When(account => BankAccountDecider.Define(account, Main with { Currency = "EUR" }))
        .ThenRefused("bank-account-in-use");

    [Fact]
    public void may_always_be_booked_elsewhere() => Spec.Given(Main, Statement)
        .When(account => BankAccountDecider.Define(account, Main with { LedgerAccount = "1001" }))
        .Then(Main with { LedgerAccount = "1001" });

    [Fact]
    public void may_be_closed_and_opened_again_whatever_was_booked()
    {
        var closed = Main with { ClosedOn = new DateOnly(2026, 10, 31) };
        Spec.Given(Main, Statement).When(account => BankAccountDecider.Define(account, closed)).Then(closed);
        Spec.Given(closed, Statement).When(account => BankAccountDecider.Define(account, Main)).Then(Main);
    }

    [Fact]
    public void are_not_closed_before_their_last_statement()
    {
        var last = Statement with { LastDay = new DateOnly(2026, 10, 31), IsLatest = true };
        var closed = Main with { ClosedOn = new DateOnly(2026, 10, 30) };
        Spec.Given(Main, last).When(account => BankAccountDecider.Define(account, closed))
            .ThenRefused("statement-after-closing");
        closed = Main with { ClosedOn = last.LastDay };
        Spec.Given(Main, last).When(account => BankAccountDecider.Define(account, closed)).Then(closed);
    }

    [Fact]
    public void may_have_more_come_by_file_but_not_less()
    {
        var lockbox = Main with { DetailByFile = new DetailByFile(Lockbox: true) };
        var both = Main with { DetailByFile = new DetailByFile(Lockbox: true, Ach: true) };
        var monday = Statement with { LastDay = new DateOnly(2026, 11, 2) };
        Spec.Given(Main, monday).When(account => BankAccountDecider.Define(account, lockbox)).Then(lockbox);
        Spec.Given(lockbox, monday).When(account => BankAccountDecider.Define(account, both)).Then(both);
        Spec.Given(both, monday).When(account => BankAccountDecider.Define(account, lockbox))
            .ThenRefused("bank-account-in-use");
        Spec.Given(Main, Statement).When(account => BankAccountDecider.Define(account, lockbox))
            .ThenRefused("bank-account-in-use");
    }

    [Fact]
    public void know_up_to_which_day_their_statements_booked_what_comes_by_file_now()
    {
        var monday = new DateOnly(2026, 11, 2);
        var lockbox = Main with { DetailByFile = new DetailByFile(Lockbox: true) };
        object[] past =
        [
            Main, Statement with { LastDay = monday }, lockbox, Statement with { LastDay = monday.AddDays(1) },
            lockbox with { LedgerAccount = "1001" },
        ];
        var account = past.Aggregate(BankAccount.Initial, BankAccount.Evolve);
        account.LockboxBookedUntil.ShouldBe(monday);
        BankAccount.Evolve(BankAccount.Initial, lockbox).LockboxBookedUntil.ShouldBeNull();
    }

    [Theory]
    [InlineData("DE89370400440532013001", "invalid-iban")]
    [InlineData("DE", "invalid-iban")]
    [InlineData(null, "identification-missing")]
    public void need_an_identification_that_is_right(string? iban, string code) => Spec.Given()
        .When(account => BankAccountDecider.Define(account, Main with { Iban = iban })).ThenRefused(code);

    [Fact]
    public void need_a_currency_that_exists() => Spec.Given()
        .When(account => BankAccountDecider.Define(account, Main with { Currency = "XXY" }))
        .ThenRefused("unknown-currency");

    [Theory]
    [InlineData("GB82WEST12345698765432", true)]
    [InlineData("FR1420041010050500013M02606", true)]
    [InlineData("CH9300762011623852957", true)]
    [InlineData("GB82WEST12345698765431", false)]
    [InlineData("gb82west12345698765432", false)]
    [InlineData("GB82-WEST-1234-5698-7654-32", false)]
    public void have_ibans_with_check_digits(string iban, bool isValid) => Iban.IsValid(iban).ShouldBe(isValid);
}
