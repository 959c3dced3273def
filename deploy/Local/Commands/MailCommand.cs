using System.CommandLine;
using System.Net;
using OrderToCash.Local.Servers;

namespace OrderToCash.Local.Commands;

/// <summary>
/// <c>mail</c>: takes mail over SMTP and keeps it as files; for compose and for trying things by hand.
/// </summary>
internal static class MailCommand
{
    public static Command Create()
    {
        var folder = new Option<string>("--folder") { Description = "Where mails are kept.", Required = true };
        var address = new Option<string>("--address")
        {
            Description = "Where to listen.",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var port = new Option<int>("--port") { Description = "The port.", DefaultValueFactory = _ => 2525 };
        var command = new Command("mail", "Takes mail over SMTP, delivers nothing, keeps every mail as a file.")
        {
            folder, address, port,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var sink = SmtpSink.Start(
                parsed.GetValue(port), parsed.GetValue(folder)!, IPAddress.Parse(parsed.GetValue(address)!));
            Console.WriteLine($"Mail for anyone at port {sink.Port} is kept in {sink.Folder}.");
            await InfrastructureCommand.WaitForeverAsync(cancellation);
            return 0;
        });
        return command;
    }
}
