// Shows times in the time zone of this browser; the server writes them in UTC.

const format = new Intl.DateTimeFormat("zh-CN", { dateStyle: "medium", timeStyle: "medium" });

for (const element of document.querySelectorAll("time[datetime]")) {
  const time = new Date(element.dateTime);
  if (!Number.isNaN(time.getTime())) element.textContent = format.format(time);
}
