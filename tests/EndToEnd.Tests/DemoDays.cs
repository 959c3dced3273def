using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.Local.Commands;
using OrderToCash.Local.Demo;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>The day that <c>-- demo</c> plays.</summary>
public sealed class DemoDays(RunningSystem system)
{
    [Fact]
    public async Task every_check_holds_on_the_first_day_and_on_a_second_one_on_the_same_stores()
    {
        var first = await PlayAsync();
        var second = await PlayAsync();

        await ImportedAsync(first[0]);
        second.Select(company => company.Code).ShouldNotContain(code => first.Any(company => company.Code == code));
    }

    /// <summary><c>--statement</c>: the next statement of an account that an earlier day registered.</summary>
    private async Task ImportedAsync(Company company)
    {
        var opening = 50_000m + new DemoStatement(company).Lines().Sum(line => line.Amount);
        var path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, Camt.Write(
            company.Iban, company.Entity.Currency, 2, company.Today, opening,
            [new BankLine(77.70m, "Unknown Trading Ltd", null, "as agreed")]));
        using var api = new ApiClient(system.System.Gateway, system.System.Key.TokenOf("controller"));
        var report = new DemoReport(_ => { });

        await DemoCommand.ImportAsync(api, report, new FileInfo(path));

        File.Delete(path);
        var check = report.Checks.ShouldHaveSingleItem();
        check.Holds.ShouldBeTrue(check.Figures);
    }

    private async Task<IReadOnlyList<Company>> PlayAsync()
    {
        using var api = new ApiClient(system.System.Gateway, system.System.Key.TokenOf("controller"));
        var report = new DemoReport(_ => { });
        var day = new DemoDay(api, report);
        await day.PlayAsync();
        await new DemoChecks(api, report, day.Companies)
            .RunAsync([.. system.System.Mail.Mails.Select(mail => mail.Content)]);

        report.Checks.ShouldNotBeEmpty();
        report.Checks.Where(check => !check.Holds).ShouldBeEmpty();
        return day.Companies;
    }
}
