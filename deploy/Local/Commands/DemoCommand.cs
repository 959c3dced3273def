using System.CommandLine;
using System.Diagnostics;
using OrderToCash.Local.Demo;
using OrderToCash.Local.Identity;
using OrderToCash.Local.Processes;

namespace OrderToCash.Local.Commands;

/// <summary><c>demo</c>: plays a day of order to cash through the gateway and prints what happened.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var statement = new Option<FileInfo>("--statement")
        {
            Description = "Imports this camt.053 file after the day; its account is one the day prints (account …).",
        };
        statement.AcceptExistingOnly();
        var gateway = new Option<string?>("--gateway")
        {
            Description = "Plays on a system that runs already, e.g. http://127.0.0.1:8080; starts one when not given.",
        };
        var folder = KeysCommand.Folder();
        var command = new Command(
            "demo", "Plays a day of order to cash, prints what happened and what holds, and ends.")
        {
            statement, gateway, folder,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(gateway) is { } address)
            {
                using var key = SigningKey.In(parsed.GetValue(folder)!);
                return await PlayAsync(
                    new Uri(address), key.TokenOf("controller"), () => [], parsed.GetValue(statement));
            }

            return await RunCommand.WithSystemAsync(
                async system =>
                {
                    var code = await PlayAsync(system, parsed.GetValue(statement));
                    Console.WriteLine($"Mails to read: {system.Mail.Folder}");
                    Console.WriteLine(
                        "To look around: dotnet run --project deploy/Local, then http://127.0.0.1:8080/reference/");
                    return code;
                },
                cancellation);
        });
        return command;
    }

    /// <summary>Plays the day when no legal entity exists yet.</summary>
    public static async Task PlayWhenEmptyAsync(OrderToCashSystem system)
    {
        using var api = new ApiClient(system.Gateway, system.Key.TokenOf("controller"));
        if ((await api.GetAsync("/v1/legal-entities?limit=1"))["items"]!.AsArray().Count == 0)
            await PlayAsync(system, null);
    }

    private static Task<int> PlayAsync(OrderToCashSystem system, FileInfo? statement) =>
        PlayAsync(
            system.Gateway, system.Key.TokenOf("controller"),
            () => [.. system.Mail.Mails.Select(mail => mail.Content)], statement);

    private static async Task<int> PlayAsync(
        Uri gateway, string token, Func<IReadOnlyList<string>> mails, FileInfo? statement)
    {
        var clock = Stopwatch.StartNew();
        Console.WriteLine("Playing the demo day:");
        using var api = new ApiClient(gateway, token);
        var report = new DemoReport(Console.WriteLine);
        var day = new DemoDay(api, report);
        await day.PlayAsync();
        await new DemoChecks(api, report, day.Companies).RunAsync(mails());
        if (statement is not null)
            await ImportAsync(api, report, statement);
        report.Print();
        var verdict = report.AllHold ? "every check holds" : "A CHECK DOES NOT HOLD";
        Console.WriteLine($"Played in {clock.Elapsed.TotalSeconds:0.0} s; {verdict}.");
        return report.AllHold ? 0 : 1;
    }

    /// <summary>Imports a file after the day; that it is taken is one of the checks.</summary>
    internal static async Task ImportAsync(ApiClient api, DemoReport report, FileInfo statement)
    {
        var (status, answer) = await api.PostFileAsync(
            "/v1/bank-statements", await File.ReadAllBytesAsync(statement.FullName));
        report.Check($"{statement.Name} is imported", status == 201, status == 201
            ? $"{answer["receiptIds"]!.AsArray().Count} receipts"
            : $"refused with {status} {answer["code"]}: {answer["detail"]}");
    }
}
