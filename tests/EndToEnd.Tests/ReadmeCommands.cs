using System.Diagnostics;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>What the README tells a newcomer to type, typed.</summary>
public sealed class ReadmeCommands(RunningSystem system)
{
    [Fact]
    public async Task a_first_invoice_is_issued_and_paid()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Root(), "README.md"));
        var script = readme.Split("## A first invoice, paid")[1].Split("```bash\n")[1].Split("```")[0];
        var lines = script.Split('\n')
            .Select(line => line.StartsWith("TOKEN=", StringComparison.Ordinal) ? "TOKEN=$(cat)"
                : line.StartsWith("URL=", StringComparison.Ordinal) ? $"URL={system.System.Gateway}v1"
                : line);
        await RunAsync(string.Join('\n', lines.Prepend("set -euo pipefail").Append("echo; echo customer=$CUSTOMER")));

        var customers = await system.Controller.ListAsync("/v1/customers?q=Globex&legalEntity=US01");
        var customer = customers.Single(one => one["externalId"]?.GetValue<string>() == "CRM-9001")["id"];
        await Eventually.BecomesTrue(
            async () =>
            {
                var account = await system.Controller.GetAsync($"/v1/customers/{customer}/account");
                return account["invoices"]!["items"]!.AsArray() is [{ } invoice]
                    && Api.Amount(invoice["balance"]) == 0m && Api.Amount(invoice["total"]) == 270m;
            },
            "the composed account shows the invoice paid");
    }

    private async Task RunAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", script])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await shell.StandardInput.WriteAsync(system.System.Key.TokenOf("controller"));
        shell.StandardInput.Close();
        var (output, errors) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await shell.WaitForExitAsync();
        shell.ExitCode.ShouldBe(0, $"{await output}\n{await errors}");
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "OrderToCash.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
